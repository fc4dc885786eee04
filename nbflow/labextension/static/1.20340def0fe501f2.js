"use strict";(self.rspackChunknbflow=self.rspackChunknbflow||[]).push([[1],{29(o,r,e){var n=e(27),t=e.n(n),a=e(28),p=(e.n(a))()(t());p.push([o.id,`/* Steps at the cells: a slim edge, and a badge above the first of neighbours. */

.jp-Notebook .jp-Cell[data-nbflow-role] {
  --jp-nbflow-color: hsl(var(--jp-nbflow-hue), 65%, 32%);

  position: relative;
}

[data-jp-theme-light='false'] .jp-Notebook .jp-Cell[data-nbflow-role] {
  --jp-nbflow-color: hsl(var(--jp-nbflow-hue), 60%, 72%);
}

.jp-Notebook
  .jp-Cell[data-nbflow-role]:is(
    [data-nbflow-role='imports'],
    [data-nbflow-role='functions'],
    [data-nbflow-role='parameters'],
    [data-nbflow-role='skip']
  ) {
  --jp-nbflow-color: var(--jp-ui-font-color2);
}

.jp-Notebook .jp-Cell[data-nbflow-role]::after {
  background: var(--jp-nbflow-color);
  bottom: 0;
  content: '';
  left: 0;
  pointer-events: none;
  position: absolute;
  top: 0;
  width: 3px;
}

.jp-Notebook .jp-Cell[data-nbflow-by='place']::after {
  opacity: 0.4;
}

/* Not part of the pipeline: the edge is broken. */
.jp-Notebook .jp-Cell[data-nbflow-role='skip']::after {
  background: repeating-linear-gradient(var(--jp-nbflow-color) 0 4px, transparent 4px 8px);
}

.jp-Notebook .jp-Cell[data-nbflow-badge] {
  padding-top: 24px;
}

.jp-Notebook .jp-Cell[data-nbflow-badge]::before {
  border: 1px solid var(--jp-nbflow-color);
  border-left: 0;
  border-radius: 0 var(--jp-border-radius) var(--jp-border-radius) 0;
  color: var(--jp-nbflow-color);
  content: attr(data-nbflow-badge);
  font-family: var(--jp-ui-font-family);
  font-size: var(--jp-ui-font-size0);
  font-variant-numeric: tabular-nums;
  font-weight: 600;
  left: 3px;
  line-height: 16px;
  max-width: calc(100% - 16px);
  overflow: hidden;
  padding: 0 6px;
  pointer-events: none;
  position: absolute;
  text-overflow: ellipsis;
  top: 4px;
  white-space: pre;
}

.jp-Notebook .jp-Cell[data-nbflow-by='place']::before {
  border-style: dashed;
}

.jp-Notebook .jp-Cell[data-nbflow-state='failed']::before {
  background: var(--jp-error-color1);
  border-color: var(--jp-error-color1);
  color: var(--jp-ui-inverse-font-color1);
}
`,""]),e.d(r,{},{A:p})},30(o,r,e){var n=e(27),t=e.n(n),a=e(28),p=(e.n(a))()(t());p.push([o.id,`/* States: a glyph keeps three to one against both themes, so each colour leans towards that of the text. */

.jp-nbflow-State {
  --jp-nbflow-state: var(--jp-ui-font-color2);

  align-items: center;
  display: inline-flex;
  gap: 4px;
}

.jp-nbflow-State.jp-mod-waiting {
  --jp-nbflow-state: color-mix(in srgb, var(--jp-ui-font-color0) 55%, var(--jp-layout-color1));
}

.jp-nbflow-State.jp-mod-running,
.jp-nbflow-Graph-box[data-state='running'] {
  --jp-nbflow-state: color-mix(in srgb, var(--jp-brand-color1) 85%, var(--jp-ui-font-color0));
}

.jp-nbflow-State.jp-mod-done,
.jp-nbflow-Graph-box[data-state='done'] {
  --jp-nbflow-state: color-mix(in srgb, var(--jp-success-color1) 75%, var(--jp-ui-font-color0));
}

.jp-nbflow-State.jp-mod-reused,
.jp-nbflow-Graph-box[data-state='reused'] {
  --jp-nbflow-state: color-mix(in srgb, var(--jp-accent-color1) 75%, var(--jp-ui-font-color0));
}

.jp-nbflow-State.jp-mod-again,
.jp-nbflow-Graph-box[data-state='again'] {
  --jp-nbflow-state: color-mix(in srgb, var(--jp-info-color1) 70%, var(--jp-ui-font-color0));
}

.jp-nbflow-State.jp-mod-failed,
.jp-nbflow-Graph-box[data-state='failed'] {
  --jp-nbflow-state: color-mix(in srgb, var(--jp-error-color1) 85%, var(--jp-ui-font-color0));
}

.jp-nbflow-State.jp-mod-skipped,
.jp-nbflow-State.jp-mod-none,
.jp-nbflow-Graph-box[data-state='skipped'] {
  --jp-nbflow-state: color-mix(in srgb, var(--jp-ui-font-color0) 55%, var(--jp-layout-color1));
}

.jp-nbflow-State.jp-mod-stopped,
.jp-nbflow-Graph-box[data-state='stopped'] {
  --jp-nbflow-state: color-mix(in srgb, var(--jp-warn-color1) 70%, var(--jp-ui-font-color0));
}

.jp-nbflow-State > svg {
  color: var(--jp-nbflow-state);
  fill: none;
  flex: none;
  overflow: visible;
  stroke: currentcolor;
  stroke-linecap: round;
  stroke-linejoin: round;
  stroke-width: 1.6;
}

.jp-nbflow-State > svg .jp-mod-filled {
  fill: currentcolor;
}

.jp-nbflow-State > svg .jp-mod-heavy {
  stroke-width: 2.4;
}

.jp-nbflow-State.jp-mod-running > svg {
  animation: jp-nbflow-turn 1.6s linear infinite;
}

@keyframes jp-nbflow-turn {
  to {
    transform: rotate(360deg);
  }
}

/* What rows and boxes have in common. */

.jp-nbflow-Graph {
  --jp-nbflow-edge: color-mix(in srgb, var(--jp-ui-font-color0) 38%, var(--jp-layout-color1));

  color: var(--jp-ui-font-color1);
  font-size: var(--jp-ui-font-size1);
}

.jp-nbflow-Graph [role='tree'] {
  position: relative;
}

.jp-nbflow-Graph [data-step] {
  box-sizing: border-box;
  cursor: pointer;
  outline: none;
}

.jp-nbflow-Graph [data-step]:focus-visible {
  outline: 2px solid var(--jp-brand-color1);
  outline-offset: -2px;
}

.jp-nbflow-Graph-name {
  display: flex;
  min-width: 0;
  white-space: pre;
}

.jp-nbflow-Graph-head {
  overflow: hidden;
  text-overflow: ellipsis;
}

.jp-nbflow-Graph-tail {
  flex: none;
}

.jp-nbflow-Graph-within {
  color: var(--jp-ui-font-color2);
  flex: 0 1 auto;
  overflow: hidden;
  text-overflow: ellipsis;
}

.jp-nbflow-Graph-sign {
  border: 1px solid var(--jp-border-color1);
  border-radius: 3px;
  color: var(--jp-ui-font-color1);
  flex: none;
  font-size: 10px;
  line-height: 13px;
  padding: 0 3px;
  white-space: nowrap;
}

.jp-nbflow-Graph-time {
  color: var(--jp-ui-font-color1);
  flex: none;
  font-size: var(--jp-ui-font-size0);
  font-variant-numeric: tabular-nums;
  white-space: nowrap;
}

.jp-nbflow-Graph-edge {
  fill: none;
  stroke: var(--jp-nbflow-edge);
  stroke-width: 1.5;
}

.jp-nbflow-Graph-edge.jp-mod-possible {
  stroke-dasharray: 5 4;
}

.jp-nbflow-Graph-edge.jp-mod-asked {
  stroke-dasharray: 1.5 3.5;
  stroke-linecap: round;
  stroke-width: 2;
}

.jp-nbflow-Graph-edge.jp-mod-lit {
  stroke: var(--jp-brand-color1);
  stroke-width: 2.2;
}

.jp-nbflow-Graph-flow {
  color: var(--jp-ui-font-color2);
  font-size: var(--jp-ui-font-size0);
  margin: 0;
  overflow-wrap: anywhere;
}

/* Rows. */

.jp-nbflow-Graph.jp-mod-compact [role='tree'] {
  margin-left: 6px;
}

.jp-nbflow-Graph-row {
  align-items: center;
  display: flex;
  gap: 6px;
  height: 26px;
  padding-right: 8px;
  position: relative;
}

.jp-nbflow-Graph-row:hover {
  background: color-mix(in srgb, var(--jp-ui-font-color0) 7%, transparent);
}

.jp-nbflow-Graph-row[aria-selected='true'] {
  background: color-mix(in srgb, var(--jp-brand-color1) 18%, transparent);
}

.jp-nbflow-Graph-row > .jp-nbflow-Graph-name {
  flex: 1;
}

.jp-nbflow-Graph-stop {
  background: var(--jp-layout-color1);
  border-radius: 50%;
  display: flex;
  position: absolute;
  top: 50%;
  transform: translate(-50%, -50%);
}

.jp-nbflow-Graph-dot {
  background: color-mix(in srgb, var(--jp-ui-font-color0) 60%, var(--jp-layout-color1));
  border-radius: 50%;
  height: 8px;
  margin: 3px;
  width: 8px;
}

.jp-nbflow-Graph-wires {
  left: 0;
  overflow: visible;
  pointer-events: none;
  position: absolute;
  top: 0;
}

.jp-nbflow-Graph-band {
  background: color-mix(in srgb, var(--jp-ui-font-color0) 4%, transparent);
  border-radius: 4px;
  left: -4px;
  position: absolute;
  right: 2px;
}

.jp-nbflow-Graph.jp-mod-compact > .jp-nbflow-Graph-flow {
  background: var(--jp-layout-color1);
  bottom: 0;
  display: -webkit-box;
  height: 2.8em;
  line-height: 1.4;
  overflow: hidden;
  padding: 2px 8px;
  position: sticky;
  -webkit-box-orient: vertical;
  -webkit-line-clamp: 2;
}

/* Boxes. */

.jp-nbflow-Graph.jp-mod-full {
  height: 100%;
  position: relative;
  width: 100%;
}

.jp-nbflow-Graph.jp-mod-full > p[role] {
  padding: 12px;
}

.jp-nbflow-Graph-frame,
.jp-nbflow-Graph-window {
  inset: 0;
  position: absolute;
}

.jp-nbflow-Graph-window {
  cursor: grab;
  display: flex;
  overflow: auto;
  padding-bottom: 28px;
}

.jp-nbflow-Graph-window:active {
  cursor: grabbing;
}

.jp-nbflow-Graph-stage {
  flex: none;
  margin: auto;
  position: relative;
}

.jp-nbflow-Graph-plane {
  left: 0;
  position: absolute;
  top: 0;
  transform-origin: 0 0;
}

.jp-nbflow-Graph-plane svg {
  left: 0;
  position: absolute;
  top: 0;
}

.jp-nbflow-Graph-plane .jp-nbflow-State svg {
  position: static;
}

.jp-nbflow-Graph-near {
  fill: none;
  pointer-events: stroke;
  stroke: transparent;
  stroke-width: 14;
}

.jp-nbflow-Graph-tip {
  fill: var(--jp-nbflow-edge);
}

.jp-nbflow-Graph-edge.jp-mod-lit + .jp-nbflow-Graph-tip {
  fill: var(--jp-brand-color1);
}

.jp-nbflow-Graph-box {
  background: var(--jp-layout-color1);
  border: 1px solid var(--jp-border-color1);
  border-left: 4px solid var(--jp-nbflow-state, var(--jp-nbflow-edge));
  border-radius: 4px;
  display: flex;
  flex-direction: column;
  gap: 2px;
  justify-content: center;
  padding: 0 8px;
  position: absolute;
}

.jp-nbflow-Graph-box:hover {
  box-shadow: var(--jp-elevation-z4);
}

.jp-nbflow-Graph-box[data-going] {
  border-color: var(--jp-nbflow-state);
}

.jp-nbflow-Graph-box[aria-selected='true'] {
  background: color-mix(in srgb, var(--jp-brand-color1) 14%, var(--jp-layout-color1));
  border-color: var(--jp-brand-color1);
  box-shadow: 0 0 0 1px var(--jp-brand-color1);
}

.jp-nbflow-Graph-box > .jp-nbflow-Graph-name {
  font-weight: 500;
}

.jp-nbflow-Graph-below {
  align-items: center;
  color: var(--jp-ui-font-color1);
  display: flex;
  font-size: var(--jp-ui-font-size0);
  gap: 5px;
  min-width: 0;
  white-space: nowrap;
}

.jp-nbflow-Graph-below:not(:has(.jp-nbflow-State, .jp-nbflow-Graph-sign)) {
  display: none;
}

.jp-nbflow-Graph-signs {
  display: flex;
  flex: 1;
  gap: 3px;
  justify-content: flex-end;
  min-width: 0;
  overflow: hidden;
}

.jp-nbflow-Graph-below:not(:has(.jp-nbflow-State)) > .jp-nbflow-Graph-signs {
  justify-content: flex-start;
}

.jp-nbflow-Graph-label {
  background: color-mix(in srgb, var(--jp-layout-color2) 88%, transparent);
  border-radius: 8px;
  color: var(--jp-ui-font-color1);
  font-family: var(--jp-code-font-family);
  font-size: 10px;
  line-height: 16px;
  max-width: 320px;
  overflow: hidden;
  padding: 0 6px;
  position: absolute;
  text-overflow: ellipsis;
  transform: translate(-50%, -50%);
  white-space: nowrap;
}

.jp-nbflow-Graph-label.jp-mod-ambient {
  font-family: var(--jp-ui-font-family);
  font-style: italic;
}

.jp-nbflow-Graph-label.jp-mod-lit {
  background: var(--jp-layout-color1);
  box-shadow: 0 0 0 1px var(--jp-brand-color1);
  z-index: 1;
}

.jp-nbflow-Graph-group {
  background: color-mix(in srgb, var(--jp-ui-font-color0) 3%, transparent);
  border: 1px dashed var(--jp-border-color1);
  border-radius: 6px;
  box-sizing: border-box;
  position: absolute;
}

.jp-nbflow-Graph-group > span {
  color: var(--jp-ui-font-color2);
  display: block;
  font-size: var(--jp-ui-font-size0);
  overflow: hidden;
  padding: 2px 8px;
  text-overflow: ellipsis;
  white-space: nowrap;
}

.jp-nbflow-Graph.jp-mod-full > .jp-nbflow-Graph-flow {
  background: var(--jp-layout-color2);
  border-radius: 3px;
  bottom: 8px;
  left: 172px;
  max-height: 4.4em;
  overflow: hidden;
  padding: 3px 8px;
  pointer-events: none;
  position: absolute;
  right: 8px;
  width: fit-content;
}

.jp-nbflow-Graph-flow:empty {
  visibility: hidden;
}

.jp-nbflow-Graph-tools {
  background: var(--jp-layout-color1);
  border: 1px solid var(--jp-border-color1);
  border-radius: 3px;
  bottom: 8px;
  display: flex;
  left: 8px;
  position: absolute;
}

.jp-nbflow-Graph-tools > button {
  background: none;
  border: 0;
  color: var(--jp-ui-font-color1);
  cursor: pointer;
  font-size: var(--jp-ui-font-size1);
  height: 24px;
  min-width: 28px;
}

.jp-nbflow-Graph-tools > .jp-nbflow-Graph-percent {
  font-size: var(--jp-ui-font-size0);
  min-width: 48px;
}

.jp-nbflow-Graph-tools > button:hover {
  background: var(--jp-layout-color2);
}

.jp-nbflow-Graph-tools > button:focus-visible {
  outline: 2px solid var(--jp-brand-color1);
  outline-offset: -2px;
}

.jp-nbflow-Graph-map {
  background: var(--jp-layout-color1);
  border: 1px solid var(--jp-border-color1);
  border-radius: 3px;
  cursor: pointer;
  position: absolute;
  right: 16px;
  top: 8px;
}

.jp-nbflow-Graph-map > .jp-nbflow-State {
  fill: var(--jp-nbflow-state);
}

.jp-nbflow-Graph-map > [data-selected] {
  fill: var(--jp-brand-color1);
}

.jp-nbflow-Graph-seen {
  fill: color-mix(in srgb, var(--jp-brand-color1) 12%, transparent);
  stroke: var(--jp-brand-color1);
}

@media (prefers-reduced-motion: reduce) {
  .jp-nbflow-State.jp-mod-running > svg {
    animation: none;
  }
}
`,""]),e.d(r,{},{A:p})},26(o,r,e){var n=e(27),t=e.n(n),a=e(28),p=e.n(a),l=e(29),i=e(30),f=e(31),s=p()(t());s.i(l.A),s.i(i.A),s.i(f.A),s.push([o.id,`
`,""]),e.d(r,{},{A:s})},31(o,r,e){var n=e(27),t=e.n(n),a=e(28),p=(e.n(a))()(t());p.push([o.id,`.jp-nbflow-Sidebar {
  background: var(--jp-layout-color1);
  color: var(--jp-ui-font-color1);
  display: flex;
  flex-direction: column;
  font-size: var(--jp-ui-font-size1);
  min-width: 240px;
  overflow: hidden;
}

.jp-nbflow-Sidebar p {
  margin: 0;
}

.jp-nbflow-empty {
  color: var(--jp-ui-font-color2);
  padding: 6px 12px;
}

/* What is cut at its end has the whole in a tooltip. */
.jp-nbflow-cut {
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}

/* Head */

.jp-nbflow-header {
  border-bottom: var(--jp-border-width) solid var(--jp-border-color2);
  display: flex;
  flex: none;
  flex-direction: column;
  gap: 8px;
  padding: 8px 12px;
}

.jp-nbflow-title {
  align-items: baseline;
  display: flex;
  gap: 8px;
}

.jp-nbflow-title h2 {
  flex: 1;
  font-size: var(--jp-ui-font-size1);
  font-weight: 600;
  margin: 0;
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}

.jp-nbflow-title span {
  color: var(--jp-ui-font-color2);
  white-space: nowrap;
}

.jp-nbflow-actions {
  display: flex;
  flex-wrap: wrap;
  gap: 6px;
}

.jp-nbflow-split {
  display: inline-flex;
  gap: 1px;
  max-width: 100%;
  min-width: 0;
}

.jp-nbflow-split > :first-child {
  border-bottom-right-radius: 0;
  border-top-right-radius: 0;
}

.jp-nbflow-split > :last-child {
  border-bottom-left-radius: 0;
  border-top-left-radius: 0;
  min-width: 0;
}

.jp-nbflow-split .jp-nbflow-cut {
  max-width: 100px;
}

.jp-nbflow-button {
  align-items: center;
  background: var(--jp-layout-color3);
  border: none;
  border-radius: var(--jp-border-radius);
  color: var(--jp-ui-font-color0);
  cursor: pointer;
  display: inline-flex;
  font-family: inherit;
  font-size: var(--jp-ui-font-size1);
  gap: 2px;
  height: 26px;
  padding: 0 8px;
}

.jp-nbflow-button:hover {
  background: var(--jp-layout-color2);
}

.jp-nbflow-button.jp-mod-accept {
  background: var(--jp-accept-color-normal, var(--jp-brand-color1));
  color: var(--jp-ui-inverse-font-color0, white);
}

.jp-nbflow-button.jp-mod-accept:hover {
  background: var(--jp-accept-color-hover, var(--jp-brand-color0));
}

.jp-nbflow-button.jp-mod-warn {
  background: var(--jp-warn-color-normal, var(--jp-error-color1));
  color: var(--jp-ui-inverse-font-color0, white);
}

.jp-nbflow-button.jp-mod-accept svg [fill],
.jp-nbflow-button.jp-mod-warn svg [fill] {
  fill: currentcolor;
}

.jp-nbflow-button[aria-disabled='true'] {
  cursor: default;
  opacity: 0.5;
}

.jp-nbflow-Sidebar button:focus-visible,
.jp-nbflow-Sidebar input:focus-visible,
.jp-nbflow-Sidebar select:focus-visible,
.jp-nbflow-Sidebar textarea:focus-visible {
  outline: var(--jp-focus-outline-width) solid var(--jp-focus-outline-color);
  outline-offset: 1px;
}

.jp-nbflow-obstacle {
  color: var(--jp-error-color1);
}

.jp-nbflow-link {
  background: none;
  border: none;
  color: var(--jp-content-link-color);
  cursor: pointer;
  font: inherit;
  padding: 0;
  text-align: left;
}

.jp-nbflow-link:hover {
  text-decoration: underline;
}

.jp-nbflow-iconButton {
  align-items: center;
  background: none;
  border: none;
  border-radius: var(--jp-border-radius);
  color: inherit;
  cursor: pointer;
  display: inline-flex;
  flex: none;
  font: inherit;
  height: 22px;
  justify-content: center;
  min-width: 22px;
  padding: 0 3px;
}

.jp-nbflow-iconButton:hover:not(:disabled) {
  background: var(--jp-layout-color2);
}

.jp-nbflow-iconButton:disabled {
  cursor: default;
  opacity: 0.4;
}

/* What is done, and what came of it */

.jp-nbflow-work {
  color: var(--jp-ui-font-color2);
  flex: none;
  padding: 4px 12px;
}

.jp-nbflow-work:empty {
  display: none;
}

.jp-nbflow-notice {
  border-bottom: var(--jp-border-width) solid var(--jp-border-color2);
  border-left: 3px solid var(--jp-info-color1);
  display: flex;
  flex: none;
  gap: 4px;
  max-height: 40%;
  overflow: auto;
  padding: 6px 8px 6px 9px;
}

.jp-nbflow-notice.jp-mod-error {
  border-left-color: var(--jp-error-color1);
}

.jp-nbflow-notice > :first-child {
  flex: 1;
  min-width: 0;
  overflow-wrap: anywhere;
}

.jp-nbflow-files {
  list-style: none;
  margin: 2px 0;
  padding: 0;
}

/* Sections: as JupyterLab's own that fold */

.jp-nbflow-sections {
  flex: 1;
  min-height: 0;
  overflow: hidden auto;
}

.jp-nbflow-section {
  border-bottom: var(--jp-border-width) solid var(--jp-border-color2);
}

.jp-nbflow-sectionHead {
  align-items: center;
  background: var(--jp-layout-color1);
  display: flex;
  gap: 2px;
  padding-right: 8px;
  position: sticky;
  top: 0;
  z-index: 1;
}

.jp-nbflow-sectionHead h3 {
  flex: 1;
  margin: 0;
  min-width: 0;
}

.jp-nbflow-sectionHead h3 button {
  align-items: center;
  background: none;
  border: none;
  color: inherit;
  cursor: pointer;
  display: flex;
  font-family: inherit;
  font-size: var(--jp-ui-font-size0);
  font-weight: 600;
  gap: 2px;
  line-height: 25px;
  padding: 2px 4px;
  text-transform: uppercase;
  width: 100%;
}

.jp-nbflow-sectionHead h3 button:focus-visible {
  outline-offset: -2px;
}

.jp-nbflow-count {
  color: var(--jp-ui-font-color2);
  font-weight: 400;
  padding-left: 6px;
}

/* Steps */

.jp-nbflow-steps {
  list-style: none;
  margin: 0;
  padding: 0;
}

.jp-nbflow-step {
  background: none;
  border: none;
  color: inherit;
  cursor: pointer;
  font: inherit;
  padding: 3px 12px;
  text-align: left;
  width: 100%;
}

.jp-nbflow-step[aria-current='true'] {
  background: var(--jp-layout-color2);
}

/* Findings */

.jp-nbflow-findings {
  list-style: none;
  margin: 0;
  padding: 0 0 4px;
}

.jp-nbflow-finding {
  padding: 4px 12px;
  overflow-wrap: anywhere;
}

.jp-nbflow-findingHead {
  align-items: baseline;
  display: flex;
  gap: 6px;
}

.jp-nbflow-findingHead .jp-nbflow-cut {
  color: var(--jp-ui-font-color2);
  flex: 1;
}

.jp-nbflow-findingHead > [aria-hidden] {
  color: var(--jp-info-color0);
}

.jp-nbflow-finding.jp-mod-warning .jp-nbflow-findingHead > [aria-hidden] {
  color: var(--jp-warn-color0);
}

.jp-nbflow-finding.jp-mod-error .jp-nbflow-findingHead > [aria-hidden] {
  color: var(--jp-error-color0);
}

.jp-nbflow-hint {
  color: var(--jp-ui-font-color2);
}
`,""]),e.d(r,{},{A:p})},28(o){o.exports=function(o){var r=[];return r.toString=function(){return this.map(function(r){var e="",n=void 0!==r[5];return r[4]&&(e+="@supports (".concat(r[4],") {")),r[2]&&(e+="@media ".concat(r[2]," {")),n&&(e+="@layer".concat(r[5].length>0?" ".concat(r[5]):""," {")),e+=o(r),n&&(e+="}"),r[2]&&(e+="}"),r[4]&&(e+="}"),e}).join("")},r.i=function(o,e,n,t,a){"string"==typeof o&&(o=[[null,o,void 0]]);var p={};if(n)for(var l=0;l<this.length;l++){var i=this[l][0];null!=i&&(p[i]=!0)}for(var f=0;f<o.length;f++){var s=[].concat(o[f]);n&&p[s[0]]||(void 0!==a&&(void 0===s[5]||(s[1]="@layer".concat(s[5].length>0?" ".concat(s[5]):""," {").concat(s[1],"}")),s[5]=a),e&&(s[2]&&(s[1]="@media ".concat(s[2]," {").concat(s[1],"}")),s[2]=e),t&&(s[4]?(s[1]="@supports (".concat(s[4],") {").concat(s[1],"}"),s[4]=t):s[4]="".concat(t)),r.push(s))}},r}},27(o){o.exports=function(o){return o[1]}},20(o){var r=[];function e(o){for(var e=-1,n=0;n<r.length;n++)if(r[n].identifier===o){e=n;break}return e}function n(o,n){for(var t={},a=[],p=0;p<o.length;p++){var l=o[p],i=n.base?l[0]+n.base:l[0],f=t[i]||0,s="".concat(i," ").concat(f);t[i]=f+1;var d=e(s),b={css:l[1],media:l[2],sourceMap:l[3],supports:l[4],layer:l[5]};if(-1!==d)r[d].references++,r[d].updater(b);else{var c=function(o,r){var e=r.domAPI(r);return e.update(o),function(r){r?(r.css!==o.css||r.media!==o.media||r.sourceMap!==o.sourceMap||r.supports!==o.supports||r.layer!==o.layer)&&e.update(o=r):e.remove()}}(b,n);n.byIndex=p,r.splice(p,0,{identifier:s,updater:c,references:1})}a.push(s)}return a}o.exports=function(o,t){var a=n(o=o||[],t=t||{});return function(o){o=o||[];for(var p=0;p<a.length;p++){var l=e(a[p]);r[l].references--}for(var i=n(o,t),f=0;f<a.length;f++){var s=e(a[f]);0===r[s].references&&(r[s].updater(),r.splice(s,1))}a=i}}},22(o){var r={};o.exports=function(o,e){var n=function(o){if(void 0===r[o]){var e=document.querySelector(o);if(window.HTMLIFrameElement&&e instanceof window.HTMLIFrameElement)try{e=e.contentDocument.head}catch(o){e=null}r[o]=e}return r[o]}(o);if(!n)throw Error("Couldn't find a style target. This probably means that the value for the 'insert' parameter is invalid.");n.appendChild(e)}},24(o){o.exports=function(o){var r=document.createElement("style");return o.setAttributes(r,o.attributes),o.insert(r,o.options),r}},23(o,r,e){o.exports=function(o){var r=e.nc;r&&o.setAttribute("nonce",r)}},21(o){o.exports=function(o){if("u"<typeof document)return{update:function(){},remove:function(){}};var r=o.insertStyleElement(o);return{update:function(e){var n,t,a;n="",e.supports&&(n+="@supports (".concat(e.supports,") {")),e.media&&(n+="@media ".concat(e.media," {")),(t=void 0!==e.layer)&&(n+="@layer".concat(e.layer.length>0?" ".concat(e.layer):""," {")),n+=e.css,t&&(n+="}"),e.media&&(n+="}"),e.supports&&(n+="}"),(a=e.sourceMap)&&"u">typeof btoa&&(n+="\n/*# sourceMappingURL=data:application/json;base64,".concat(btoa(unescape(encodeURIComponent(JSON.stringify(a))))," */")),o.styleTagTransform(n,r,o.options)},remove:function(){var o;null===(o=r).parentNode||o.parentNode.removeChild(o)}}}},25(o){o.exports=function(o,r){if(r.styleSheet)r.styleSheet.cssText=o;else{for(;r.firstChild;)r.removeChild(r.firstChild);r.appendChild(document.createTextNode(o))}}},19(o,r,e){var n=e(20),t=e.n(n),a=e(21),p=e.n(a),l=e(22),i=e.n(l),f=e(23),s=e.n(f),d=e(24),b=e.n(d),c=e(25),j=e.n(c),w=e(26),u={};u.styleTagTransform=j(),u.setAttributes=s(),u.insert=i().bind(null,"head"),u.domAPI=p(),u.insertStyleElement=b(),t()(w.A,u),w.A&&w.A.locals&&w.A.locals}}]);