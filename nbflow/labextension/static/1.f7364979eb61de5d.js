"use strict";(self.rspackChunknbflow=self.rspackChunknbflow||[]).push([[1],{35(o,r,e){var n=e(33),p=e.n(n),l=e(34),t=(e.n(l))()(p());t.push([o.id,`/* Steps at the cells: a slim edge, and a badge above the first of neighbours. */

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

/* Where the editor is shown, it says what the badge says. */
.jp-Notebook .jp-Cell[data-nbflow-edited] {
  padding-top: var(--jp-cell-padding);
}

.jp-Notebook .jp-Cell[data-nbflow-edited]::before {
  content: none;
}
`,""]),e.d(r,{},{A:t})},36(o,r,e){var n=e(33),p=e.n(n),l=e(34),t=(e.n(l))()(p());t.push([o.id,`/* The page scrolls in both directions: the names of runs and rows stay, what is below the table stays in sight. */

.jp-nbflow-Compare {
  background: var(--jp-layout-color1);
  color: var(--jp-ui-font-color1);
  container-type: inline-size;
  font-size: var(--jp-ui-font-size1);
  outline: none;
  overflow: auto;
}

.jp-nbflow-Compare-unseen {
  clip-path: inset(50%);
  height: 1px;
  overflow: hidden;
  position: absolute;
  white-space: nowrap;
  width: 1px;
}

.jp-nbflow-Compare-quiet {
  color: var(--jp-ui-font-color2);
  margin: 4px 0;
}

.jp-nbflow-Compare-wide {
  box-sizing: border-box;
  left: 0;
  padding: 0 12px;
  position: sticky;
  width: 100cqi;
}

.jp-nbflow-Compare-wide > h2 {
  border-bottom: 1px solid var(--jp-border-color2);
  font-size: var(--jp-ui-font-size2);
  font-weight: 600;
  margin: 20px 0 8px;
  padding-bottom: 4px;
}

.jp-nbflow-Compare :is(h3, h4) {
  font-size: var(--jp-ui-font-size1);
  font-weight: 600;
  margin: 12px 0 6px;
}

.jp-nbflow-Compare h4 {
  font-weight: 500;
}

.jp-nbflow-Compare button {
  font: inherit;
}

.jp-nbflow-Compare button:not(.jp-Button) {
  background: none;
  border: 0;
  color: inherit;
  cursor: pointer;
  padding: 0;
}

.jp-nbflow-Compare button.jp-nbflow-link {
  color: var(--jp-content-link-color);
}

.jp-nbflow-Compare button.jp-nbflow-link:hover {
  text-decoration: underline;
}

.jp-nbflow-Compare :is(button, [tabindex='0'], input):focus-visible {
  outline: 2px solid var(--jp-brand-color1);
  outline-offset: 1px;
}

/* The table. */

.jp-nbflow-Compare table {
  border-collapse: separate;
  border-spacing: 0;
}

.jp-nbflow-Compare :is(th, td) {
  border-bottom: 1px solid var(--jp-border-color3);
  font-weight: normal;
  padding: 4px 12px;
  text-align: left;
  vertical-align: top;
}

.jp-nbflow-Compare thead :is(th, td) {
  background: var(--jp-layout-color1);
  border-bottom: 1px solid var(--jp-border-color1);
  padding-top: 10px;
  position: sticky;
  top: 0;
  z-index: 2;
}

.jp-nbflow-Compare thead td {
  left: 0;
  min-width: 130px;
  vertical-align: bottom;
  z-index: 3;
}

.jp-nbflow-Compare thead th {
  min-width: 190px;
}

.jp-nbflow-Compare tbody th[scope='row'] {
  background: var(--jp-layout-color1);
  left: 0;
  max-width: 220px;
  position: sticky;
  white-space: nowrap;
  z-index: 1;
}

.jp-nbflow-Compare-group > th {
  color: var(--jp-ui-font-color2);
  font-size: var(--jp-ui-font-size0);
  font-weight: 600;
  left: 0;
  letter-spacing: 0.05em;
  padding-top: 14px;
  position: sticky;
  text-transform: uppercase;
}

.jp-nbflow-Compare-none > td {
  color: var(--jp-ui-font-color2);
}

.jp-nbflow-Compare tr[data-differs] > th {
  font-weight: 600;
}

.jp-nbflow-Compare tr[data-differs] > :is(th, td) {
  background: color-mix(in srgb, var(--jp-warn-color1) 9%, var(--jp-layout-color1));
}

.jp-nbflow-Compare-name {
  display: inline-block;
  max-width: calc(100% - 16px);
  overflow: hidden;
  text-overflow: ellipsis;
  vertical-align: bottom;
}

.jp-nbflow-Compare-differs {
  margin-left: 4px;
}

.jp-nbflow-Compare-brief {
  align-items: center;
  display: flex;
  gap: 6px;
  white-space: nowrap;
}

.jp-nbflow-Compare-run,
.jp-nbflow-Compare-facts {
  align-items: center;
  display: flex;
  gap: 8px;
  white-space: nowrap;
}

.jp-nbflow-Compare-run > :first-child {
  font-size: var(--jp-ui-font-size2);
  font-weight: 600;
}

.jp-nbflow-Compare-base {
  border: 1px solid var(--jp-border-color1);
  border-radius: 3px;
  font-size: var(--jp-ui-font-size0);
  padding: 0 5px;
}

.jp-nbflow-Compare-run > .jp-nbflow-link:not(:first-child) {
  font-size: var(--jp-ui-font-size0);
}

.jp-nbflow-Compare-leave {
  display: inline-flex;
  margin-left: auto;
}

.jp-nbflow-Compare-leave svg {
  width: 14px;
}

.jp-nbflow-Compare-facts {
  color: var(--jp-ui-font-color2);
  margin-top: 3px;
}

.jp-nbflow-Compare-value {
  -webkit-box-orient: vertical;
  display: -webkit-inline-box;
  font-family: var(--jp-code-font-family);
  font-size: var(--jp-code-font-size);
  -webkit-line-clamp: 4;
  max-width: 340px;
  overflow: hidden;
  overflow-wrap: anywhere;
}

.jp-nbflow-Compare-change {
  color: var(--jp-ui-font-color2);
  font-variant-numeric: tabular-nums;
  margin-left: 8px;
  white-space: nowrap;
}

.jp-nbflow-Compare-missing {
  color: var(--jp-ui-font-color2);
}

.jp-nbflow-Compare button.jp-nbflow-Compare-step {
  align-items: center;
  display: grid;
  gap: 2px 6px;
  grid-template-columns: auto 1fr;
  width: 100%;
}

.jp-nbflow-Compare-time {
  font-variant-numeric: tabular-nums;
  text-align: right;
}

.jp-nbflow-Compare-bar {
  background: var(--jp-nbflow-state);
  border-radius: 2px;
  grid-column: 1 / -1;
  height: 4px;
  min-width: 1px;
}

/* Plots. */

.jp-nbflow-Compare-axis {
  align-items: center;
  display: flex;
  gap: 8px;
}

.jp-nbflow-Compare-plots {
  display: flex;
  flex-wrap: wrap;
  gap: 12px;
}

.jp-nbflow-Compare figure {
  margin: 8px 0;
}

.jp-nbflow-Compare figcaption {
  font-weight: 500;
  margin-bottom: 4px;
}

.jp-nbflow-Compare figure text {
  fill: var(--jp-ui-font-color2);
  font-size: 10px;
}

.jp-nbflow-Compare-line {
  stroke: var(--jp-border-color2);
}

.jp-nbflow-Compare-way,
.jp-nbflow-Compare-stem {
  fill: none;
  opacity: 0.5;
  stroke: var(--jp-brand-color1);
  stroke-width: 1.5;
}

.jp-nbflow-Compare-stem {
  stroke-width: 3;
}

.jp-nbflow-Compare-point {
  fill: var(--jp-brand-color1);
}

/* Code. */

.jp-nbflow-Compare-cell {
  margin-bottom: 12px;
}

.jp-nbflow-Compare-diff {
  border: 1px solid var(--jp-border-color2);
  font-family: var(--jp-code-font-family);
  font-size: var(--jp-code-font-size);
  line-height: var(--jp-code-line-height);
  overflow: auto;
}

.jp-nbflow-Compare-diff > div {
  display: flex;
  min-width: max-content;
  padding-right: 8px;
}

.jp-nbflow-Compare-diff > div > [aria-hidden] {
  flex: none;
  text-align: center;
  width: 24px;
}

.jp-nbflow-Compare-diff code {
  background: none;
  color: inherit;
  white-space: pre;
}

.jp-nbflow-Compare-diff > .jp-mod-added {
  background: color-mix(in srgb, var(--jp-success-color1) 18%, var(--jp-layout-color1));
}

.jp-nbflow-Compare-diff > .jp-mod-removed {
  background: color-mix(in srgb, var(--jp-error-color1) 16%, var(--jp-layout-color1));
}

.jp-nbflow-Compare-diff > .jp-mod-place {
  background: var(--jp-layout-color2);
  color: var(--jp-ui-font-color2);
}

/* Outputs. */

.jp-nbflow-Compare-sides {
  display: grid;
  gap: 8px;
  grid-auto-columns: minmax(240px, 1fr);
  grid-auto-flow: column;
  overflow-x: auto;
}

.jp-nbflow-Compare-side {
  color: var(--jp-ui-font-color2);
  font-size: var(--jp-ui-font-size0);
  margin-bottom: 2px;
}

.jp-nbflow-Compare-sides :is(pre, .jp-nbflow-Compare-rich) {
  border: 1px solid var(--jp-border-color2);
  font-family: var(--jp-code-font-family);
  font-size: var(--jp-code-font-size);
  line-height: var(--jp-code-line-height);
  margin: 0;
  max-height: 360px;
  min-height: 1.4em;
  overflow: auto;
  padding: 4px 8px;
}

.jp-nbflow-Compare-rich :is(pre, .jp-nbflow-Compare-rich pre) {
  border: 0;
  padding: 0;
}
`,""]),e.d(r,{},{A:t})},37(o,r,e){var n=e(33),p=e.n(n),l=e(34),t=(e.n(l))()(p());t.push([o.id,`/* The editor of a step: one line above the input of the active cell. Its height is known before it is filled. */

.jp-nbflow-StepLine {
  box-sizing: border-box;
  height: 26px;
  overflow: hidden;
  padding: 0 0 4px calc(var(--jp-cell-prompt-width) + var(--jp-cell-collapser-width));
}

.jp-nbflow-line {
  align-items: center;
  color: var(--jp-ui-font-color1);
  display: flex;
  font-family: var(--jp-ui-font-family);
  font-size: var(--jp-ui-font-size1);
  gap: 6px;
  height: 22px;
  white-space: nowrap;
}

.jp-nbflow-line :is(input, select, button),
.jp-nbflow-Popover :is(input, select, button) {
  background: transparent;
  border: 1px solid transparent;
  border-radius: var(--jp-border-radius);
  box-sizing: border-box;
  color: inherit;
  font: inherit;
  height: 22px;
  margin: 0;
  padding: 0 4px;
}

.jp-nbflow-line select option,
.jp-nbflow-Popover select option {
  background: var(--jp-layout-color1);
  color: var(--jp-ui-font-color1);
}

.jp-nbflow-line :is(select, button):hover,
.jp-nbflow-Chip button:hover {
  background: var(--jp-layout-color2);
}

.jp-nbflow-line input,
.jp-nbflow-Popover :is(input, select) {
  background: var(--jp-input-background);
  border-color: var(--jp-border-color1);
}

.jp-nbflow-line :is(input, select, button):focus-visible,
.jp-nbflow-Popover :is(input, select, button):focus-visible {
  border-color: var(--jp-brand-color1);
  outline: 1px solid var(--jp-brand-color1);
}

.jp-nbflow-TextField input[aria-invalid='true'] {
  border-color: var(--jp-error-color1);
}

.jp-nbflow-Role {
  color: var(--jp-nbflow-color, inherit) !important;
  font-weight: 600 !important;
}

.jp-nbflow-Name {
  flex: 0 1 160px;
  min-width: 60px;
}

.jp-nbflow-Name input {
  font-weight: 600;
  text-overflow: ellipsis;
  width: 100%;
}

.jp-nbflow-line .jp-nbflow-TextField {
  align-items: center;
  display: flex;
  gap: 6px;
}

.jp-nbflow-After {
  align-items: center;
  color: var(--jp-ui-font-color2);
  display: flex;
  flex: 0 1 auto;
  gap: 4px;
  min-width: 40px;
  overflow: hidden;
}

.jp-nbflow-Chip {
  align-items: center;
  background: var(--jp-layout-color2);
  border-radius: 9px;
  color: var(--jp-ui-font-color1);
  display: inline-flex;
  flex: none;
  height: 18px;
  padding: 0 2px 0 8px;
}

.jp-nbflow-Chip.jp-mod-inferred {
  background: transparent;
  border: 1px dashed var(--jp-border-color1);
  box-sizing: border-box;
  color: var(--jp-ui-font-color2);
  padding: 0 8px;
}

.jp-nbflow-line .jp-nbflow-Chip button {
  border-radius: 9px;
  height: 16px;
  padding: 0 2px;
}

.jp-nbflow-line .jp-nbflow-Chip button span {
  display: flex;
}

.jp-nbflow-Gear {
  align-items: center;
  display: inline-flex;
  gap: 4px;
}

.jp-nbflow-Gear span {
  display: inline-flex;
}

.jp-nbflow-Doing {
  display: inline-flex;
  font-variant-numeric: tabular-nums;
  gap: 4px;
}

.jp-nbflow-Doing[data-nbflow-state='failed'],
.jp-nbflow-problem {
  color: var(--jp-error-color1);
}

.jp-nbflow-line .jp-nbflow-problem {
  overflow: hidden;
  text-overflow: ellipsis;
}

.jp-nbflow-line .jp-nbflow-RenameAll {
  border-color: var(--jp-brand-color1);
  color: var(--jp-content-link-color);
}

.jp-nbflow-spacer {
  flex: 1;
}

.jp-nbflow-spoken {
  clip-path: inset(50%);
  height: 1px;
  overflow: hidden;
  position: absolute;
  white-space: nowrap;
  width: 1px;
}

/* What a step asks for */

.jp-nbflow-Popover {
  background: var(--jp-layout-color1);
  border: var(--jp-border-width) solid var(--jp-border-color1);
  border-radius: var(--jp-border-radius);
  box-shadow: var(--jp-elevation-z6);
  color: var(--jp-ui-font-color1);
  font-family: var(--jp-ui-font-family);
  font-size: var(--jp-ui-font-size1);
  max-height: calc(100vh - 16px);
  max-width: calc(100vw - 16px);
  overflow: auto;
  padding: 8px 12px;
  position: fixed;
  width: 400px;
  z-index: 1000;
}

.jp-nbflow-FormRow {
  align-items: baseline;
  display: grid;
  gap: 8px;
  grid-template-columns: 80px 1fr;
  padding: 3px 0;
}

.jp-nbflow-FormRow > span:first-child,
.jp-nbflow-aside {
  color: var(--jp-ui-font-color2);
}

.jp-nbflow-FormRow > span:last-child {
  align-items: baseline;
  display: flex;
  gap: 8px;
  min-width: 0;
}

.jp-nbflow-FieldWithNote {
  display: flex;
  flex: 1;
  flex-direction: column;
  min-width: 0;
}

.jp-nbflow-Popover .jp-nbflow-TextField {
  display: block;
}

.jp-nbflow-Popover input {
  width: 100%;
}

.jp-nbflow-Popover input::placeholder,
.jp-nbflow-line input::placeholder {
  color: var(--jp-ui-font-color2);
  font-weight: 400;
}

.jp-nbflow-FieldWithNote small {
  color: var(--jp-ui-font-color2);
  font-size: var(--jp-ui-font-size0);
}

.jp-nbflow-others {
  font-family: var(--jp-code-font-family);
  font-size: var(--jp-ui-font-size0);
  overflow-wrap: anywhere;
}
`,""]),e.d(r,{},{A:t})},38(o,r,e){var n=e(33),p=e.n(n),l=e(34),t=(e.n(l))()(p());t.push([o.id,`/* States: a glyph keeps three to one against both themes, so each colour leans towards that of the text. */

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
  flex: 0 9999 auto;
  min-width: 0;
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

.jp-nbflow-Graph-sign > svg {
  display: block;
  fill: none;
  height: 13px;
  position: static;
  stroke: currentcolor;
  stroke-linecap: round;
  stroke-width: 1.6;
}

.jp-nbflow-Graph-plane .jp-nbflow-Graph-sign svg {
  position: static;
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
  padding-bottom: 36px;
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
  flex: 1 0 auto;
  gap: 3px;
  justify-content: flex-end;
}

.jp-nbflow-Graph-word {
  min-width: 0;
  overflow: hidden;
  text-overflow: ellipsis;
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
  opacity: 0.92;
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
`,""]),e.d(r,{},{A:t})},32(o,r,e){var n=e(33),p=e.n(n),l=e(34),t=e.n(l),i=e(35),a=e(36),f=e(37),d=e(38),b=e(39),s=e(40),c=t()(p());c.i(i.A),c.i(a.A),c.i(f.A),c.i(d.A),c.i(b.A),c.i(s.A),c.push([o.id,`
`,""]),e.d(r,{},{A:c})},39(o,r,e){var n=e(33),p=e.n(n),l=e(34),t=(e.n(l))()(p());t.push([o.id,`.jp-nbflow-Sidebar {
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

/* Icons stand in the middle of their line. */
.jp-nbflow-button > span:has(svg),
.jp-nbflow-iconButton > span:has(svg),
.jp-nbflow-sectionHead h3 button > span:has(svg) {
  display: flex;
  flex: none;
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
  color: white;
}

.jp-nbflow-button.jp-mod-accept:hover {
  background: var(--jp-accept-color-hover, var(--jp-brand-color0));
}

.jp-nbflow-button.jp-mod-warn {
  background: var(--jp-warn-color-normal, var(--jp-error-color1));
  color: white;
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

.jp-nbflow-hint,
.jp-nbflow-wrong {
  font-size: var(--jp-ui-font-size0);
}

.jp-nbflow-wrong {
  color: var(--jp-error-color1);
}

.jp-nbflow-field {
  background: var(--jp-input-background);
  border: var(--jp-border-width) solid var(--jp-input-border-color, var(--jp-border-color1));
  border-radius: var(--jp-border-radius);
  box-sizing: border-box;
  color: var(--jp-ui-font-color0);
  font-family: inherit;
  font-size: var(--jp-ui-font-size1);
  min-width: 0;
  padding: 3px 6px;
}

.jp-nbflow-field:focus {
  border-color: var(--jp-input-active-border-color);
}

.jp-nbflow-field[aria-invalid='true'] {
  border-color: var(--jp-error-color1);
}

textarea.jp-nbflow-field {
  font-family: var(--jp-code-font-family);
  font-size: var(--jp-code-font-size);
  resize: vertical;
}

/* Parameters */

.jp-nbflow-parameters {
  display: flex;
  flex-direction: column;
  gap: 6px;
  padding: 4px 8px 10px 12px;
}

.jp-nbflow-parameter {
  align-items: center;
  column-gap: 6px;
  display: grid;
  grid-template-columns: minmax(60px, 2fr) minmax(70px, 3fr) minmax(20px, auto) 22px;
}

.jp-nbflow-parameter > p {
  grid-column: 2 / -1;
  overflow-wrap: anywhere;
}

.jp-nbflow-type {
  color: var(--jp-ui-font-color2);
  font-size: var(--jp-ui-font-size0);
  max-width: 60px;
}

/* The run that is shown, and how to begin */

.jp-nbflow-shown {
  align-items: center;
  color: var(--jp-ui-font-color2);
  display: flex;
  flex-wrap: wrap;
  gap: 8px;
  padding: 2px 12px 4px;
}

.jp-nbflow-shown > .jp-nbflow-link {
  margin-left: auto;
}

.jp-nbflow-untagged {
  align-items: flex-start;
  display: flex;
  flex-direction: column;
  gap: 6px;
  padding: 2px 12px 8px;
}

/* Proposed steps */

.jp-nbflow-proposal {
  display: flex;
  flex-direction: column;
  gap: 8px;
  padding: 4px 12px 10px;
}

.jp-nbflow-proposal ol,
.jp-nbflow-proposal ul {
  list-style: none;
  margin: 0;
  padding: 0;
}

.jp-nbflow-group {
  border-left: 2px solid var(--jp-border-color2);
  margin-bottom: 6px;
  padding-left: 8px;
}

.jp-nbflow-groupHead,
.jp-nbflow-groupCell {
  align-items: center;
  display: flex;
  min-height: 24px;
}

.jp-nbflow-groupHead > :first-child,
.jp-nbflow-groupCell > :first-child {
  flex: 1;
}

.jp-nbflow-groupHead > span {
  font-weight: 600;
}

.jp-nbflow-code {
  background: none;
  border: none;
  color: var(--jp-ui-font-color2);
  cursor: pointer;
  font-family: var(--jp-code-font-family);
  font-size: var(--jp-ui-font-size0);
  padding: 2px 6px;
  text-align: left;
}

/* Runs */

.jp-nbflow-section[data-section='runs'] > p {
  padding: 2px 12px;
}

.jp-nbflow-filter {
  display: flex;
  flex-wrap: wrap;
  gap: 4px;
  padding: 2px 12px 6px;
}

.jp-nbflow-filter > * {
  flex: 1 1 90px;
}

.jp-nbflow-filter > :first-child {
  flex-basis: 100%;
}

.jp-nbflow-compare {
  align-items: center;
  color: var(--jp-ui-font-color2);
  display: flex;
  gap: 8px;
  padding: 0 12px 6px;
}

.jp-nbflow-runs {
  list-style: none;
  margin: 0;
  padding: 0 0 4px;
}

.jp-nbflow-run {
  align-items: center;
  display: flex;
  padding: 0 6px 0 12px;
}

.jp-nbflow-run:hover {
  background: var(--jp-layout-color2);
}

.jp-nbflow-run[aria-current] {
  box-shadow: inset 3px 0 var(--jp-brand-color1);
}

.jp-nbflow-run input {
  flex: none;
  margin: 0 6px 0 0;
}

.jp-nbflow-runMain {
  background: none;
  border: none;
  color: inherit;
  cursor: pointer;
  flex: 1;
  font: inherit;
  min-width: 0;
  padding: 3px 4px;
  text-align: left;
}

.jp-nbflow-runLine {
  align-items: baseline;
  display: flex;
  gap: 6px;
}

.jp-nbflow-runLine > .jp-nbflow-cut {
  flex: 1;
}

.jp-nbflow-runTime {
  white-space: nowrap;
}

.jp-nbflow-runLine > .jp-nbflow-State {
  align-self: center;
}

.jp-nbflow-more {
  padding: 2px 12px 6px;
}

/* Status bar */

.jp-nbflow-Status {
  display: flex;
}

.jp-nbflow-Status button {
  align-items: center;
  background: none;
  border: none;
  color: inherit;
  cursor: pointer;
  display: flex;
  font: inherit;
  gap: 4px;
  padding: 0 8px;
}

.jp-nbflow-Status button:hover {
  background: var(--jp-layout-color3);
}

.jp-nbflow-fixes {
  display: flex;
  flex-wrap: wrap;
  gap: 4px;
  padding: 3px 0;
}

.jp-nbflow-button.jp-mod-small {
  font-size: var(--jp-ui-font-size0);
  height: auto;
  min-height: 20px;
  padding: 1px 6px;
  text-align: left;
}
`,""]),e.d(r,{},{A:t})},40(o,r,e){var n=e(33),p=e.n(n),l=e(34),t=(e.n(l))()(p());t.push([o.id,`.jp-nbflow-Run {
  display: flex;
  flex-direction: column;
  background: var(--jp-layout-color1);
  color: var(--jp-ui-font-color1);
  font-size: var(--jp-ui-font-size1);
  container-type: inline-size;
  outline: none;
}

.jp-nbflow-hidden {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}

.jp-nbflow-fill {
  flex: 1;
}

.jp-nbflow-link {
  border: none;
  background: none;
  padding: 0;
  font: inherit;
  color: var(--jp-content-link-color);
  cursor: pointer;
  text-decoration: none;
}

.jp-nbflow-link:hover,
.jp-nbflow-link:focus-visible {
  text-decoration: underline;
}

.jp-nbflow-icon {
  display: inline-flex;
  align-items: center;
}

.jp-nbflow-icon svg {
  width: 16px;
  height: 16px;
}

.jp-nbflow-time {
  font-variant-numeric: tabular-nums;
  color: var(--jp-ui-font-color2);
  white-space: nowrap;
}

.jp-nbflow-Action.jp-Button {
  display: inline-flex;
  align-items: center;
  gap: 4px;
  padding: 0 6px;
  white-space: nowrap;
  color: var(--jp-ui-font-color1);
}

/* Header */

.jp-nbflow-Run-header {
  flex: none;
  padding: 8px 12px;
  border-bottom: var(--jp-border-width) solid var(--jp-border-color2);
}

.jp-nbflow-Run-title,
.jp-nbflow-Run-facts,
.jp-nbflow-Step-header,
.jp-nbflow-Failed-title {
  display: flex;
  align-items: center;
  flex-wrap: wrap;
  gap: 4px 12px;
}

.jp-nbflow-Run-title h1 {
  display: flex;
  gap: 8px;
  margin: 0;
  font-size: var(--jp-ui-font-size2);
  font-weight: 600;
  min-width: 0;
}

.jp-nbflow-Run-facts {
  margin-top: 4px;
  color: var(--jp-ui-font-color2);
}

.jp-nbflow-chips {
  display: flex;
  flex-wrap: wrap;
  gap: 4px;
  list-style: none;
  margin: 0;
  padding: 0;
}

.jp-nbflow-chips li {
  max-width: 240px;
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
  padding: 0 6px;
  border-radius: var(--jp-border-radius);
  background: var(--jp-layout-color2);
  color: var(--jp-ui-font-color1);
  font-family: var(--jp-code-font-family);
  font-size: var(--jp-ui-font-size0);
  line-height: 18px;
}

.jp-nbflow-chips li.jp-mod-strong {
  font-weight: 600;
}

.jp-nbflow-Run-note {
  margin: 6px 0 0;
  padding: 4px 8px;
  border-left: 3px solid var(--jp-warn-color1);
  background: var(--jp-layout-color2);
  white-space: pre-wrap;
}

/* Two panes */

.jp-nbflow-Split {
  flex: 1;
  min-height: 0;
  display: flex;
  flex-direction: row;
}

.jp-nbflow-Split-first {
  flex: 0 0 auto;
  min-width: 0;
  min-height: 0;
  overflow: auto;
}

.jp-nbflow-Split-second {
  flex: 1;
  min-width: 0;
  min-height: 0;
  display: flex;
  flex-direction: column;
}

.jp-nbflow-Split-bar {
  flex: 0 0 5px;
  cursor: col-resize;
  touch-action: none;
  background: linear-gradient(var(--jp-border-color2) 0 0) center / 1px 100% no-repeat;
}

.jp-nbflow-Split-bar:hover,
.jp-nbflow-Split-bar:focus-visible {
  background: var(--jp-brand-color2);
  outline: none;
}

@container (max-width: 640px) {
  .jp-nbflow-Split {
    flex-direction: column;
  }

  .jp-nbflow-Split-first {
    max-height: 60%;
  }

  .jp-nbflow-Split-bar {
    cursor: row-resize;
    background: linear-gradient(var(--jp-border-color2) 0 0) center / 100% 1px no-repeat;
  }
}

.jp-nbflow-Run-steps {
  height: 100%;
}

/* The step that is chosen */

.jp-nbflow-Step {
  flex: 1;
  min-height: 0;
  display: flex;
  flex-direction: column;
}

.jp-nbflow-Step-header {
  padding: 6px 12px;
}

.jp-nbflow-Step-header h2 {
  margin: 0;
  font-size: var(--jp-ui-font-size1);
  font-weight: 600;
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
  max-width: 320px;
}

.jp-nbflow-Failed {
  flex: none;
  margin: 0 12px 6px;
  padding: 6px 8px;
  border-left: 3px solid var(--jp-layout-color4);
  background: var(--jp-layout-color2);
}

.jp-nbflow-Failed.jp-mod-failed {
  border-left-color: var(--jp-error-color1);
  background: var(--jp-rendermime-error-background);
}

.jp-nbflow-Failed-title strong {
  flex: 1;
  font-weight: 600;
  overflow-wrap: anywhere;
  white-space: pre-wrap;
}

.jp-nbflow-Failed summary {
  cursor: pointer;
  color: var(--jp-ui-font-color2);
}

.jp-nbflow-Failed-traceback {
  max-height: 32vh;
  overflow: auto;
}

.jp-nbflow-Tabs {
  flex: 1;
  min-height: 0;
  display: flex;
  flex-direction: column;
}

.jp-nbflow-Tabs-bar {
  flex: none;
  display: flex;
  overflow-x: auto;
  padding: 0 8px;
  border-bottom: var(--jp-border-width) solid var(--jp-border-color2);
}

.jp-nbflow-Tabs-bar button {
  border: none;
  background: none;
  color: var(--jp-ui-font-color2);
  font: inherit;
  padding: 6px 8px;
  border-bottom: 2px solid transparent;
  cursor: pointer;
}

.jp-nbflow-Tabs-bar button:hover {
  color: var(--jp-ui-font-color1);
}

.jp-nbflow-Tabs-bar button:focus-visible {
  outline: 1px solid var(--jp-brand-color1);
  outline-offset: -2px;
}

.jp-nbflow-Tabs-bar button[aria-selected='true'] {
  color: var(--jp-ui-font-color1);
  border-bottom-color: var(--jp-brand-color1);
}

.jp-nbflow-count {
  margin-left: 4px;
  color: var(--jp-ui-font-color2);
  font-size: var(--jp-ui-font-size0);
}

.jp-nbflow-Tabs-panel {
  flex: 1;
  min-height: 0;
  overflow: auto;
  display: flex;
  flex-direction: column;
}

.jp-nbflow-Notice {
  padding: 12px;
  color: var(--jp-ui-font-color2);
}

.jp-nbflow-Notice p {
  margin: 0 0 8px;
  white-space: pre-wrap;
}

.jp-nbflow-Notice.jp-mod-error p {
  color: var(--jp-error-color1);
}

/* Log */

.jp-nbflow-Log {
  flex: 1;
  min-height: 0;
  display: flex;
  flex-direction: column;
}

.jp-nbflow-Log-bar {
  flex: none;
  display: flex;
  align-items: center;
  flex-wrap: wrap;
  gap: 4px 12px;
  padding: 4px 12px;
}

.jp-nbflow-Search {
  display: inline-flex;
  align-items: center;
  gap: 4px;
}

.jp-nbflow-Search input.jp-mod-styled {
  width: 160px;
  height: 24px;
  padding: 0 6px;
  font-size: var(--jp-ui-font-size1);
}

.jp-nbflow-Search-count {
  min-width: 60px;
  color: var(--jp-ui-font-color2);
  font-variant-numeric: tabular-nums;
}

.jp-nbflow-Toggle {
  display: inline-flex;
  align-items: center;
  gap: 4px;
  cursor: pointer;
}

.jp-nbflow-Log-note {
  margin: 0;
  padding: 0 12px 4px;
  color: var(--jp-ui-font-color2);
}

.jp-nbflow-Log-lines {
  flex: 1;
  min-height: 0;
  overflow: auto;
  padding: 4px 0;
  border-top: var(--jp-border-width) solid var(--jp-border-color3);
}

.jp-nbflow-Log-lines:focus-visible,
.jp-nbflow-Failed-traceback:focus-visible {
  outline: 1px solid var(--jp-brand-color1);
  outline-offset: -1px;
}

.jp-nbflow-Run .jp-RenderedText pre {
  margin: 0;
  font-family: var(--jp-code-font-family);
  font-size: var(--jp-code-font-size);
  line-height: var(--jp-code-line-height);
}

.jp-nbflow-Log-lines pre {
  min-width: max-content;
}

.jp-nbflow-Log-lines.jp-mod-wrap pre {
  min-width: 0;
}

.jp-nbflow-Log-space,
.jp-nbflow-Log-block {
  display: block;
}

.jp-nbflow-Line {
  display: flex;
}

.jp-nbflow-Log-lines .jp-nbflow-Line:hover {
  background: var(--jp-layout-color2);
}

.jp-nbflow-Line-number {
  flex: 0 0 auto;
  min-width: 5ch;
  padding: 0 8px;
  text-align: right;
  color: var(--jp-ui-font-color2);
  user-select: none;
}

.jp-nbflow-Line-number::before {
  content: attr(data-number);
}

.jp-nbflow-Line-text {
  flex: 1;
  min-width: 0;
  white-space: pre;
  padding-left: 4px;
  border-left: 2px solid transparent;
}

.jp-nbflow-Line[data-stream='stderr'] .jp-nbflow-Line-text {
  border-left-color: var(--jp-warn-color2);
}

.jp-mod-wrap .jp-nbflow-Line-text,
.jp-nbflow-Failed-traceback .jp-nbflow-Line-text {
  white-space: pre-wrap;
  overflow-wrap: anywhere;
}

.jp-nbflow-Line mark {
  background: var(--jp-search-unselected-match-background-color);
  color: var(--jp-search-unselected-match-color);
}

.jp-nbflow-Line mark.jp-mod-current {
  background: var(--jp-search-selected-match-background-color);
  color: var(--jp-search-selected-match-color);
}

.jp-nbflow-Log-cell {
  display: flex;
  align-items: center;
  gap: 8px;
  padding: 6px 12px 2px;
  font-family: var(--jp-ui-font-family);
  font-size: var(--jp-ui-font-size0);
}

.jp-nbflow-Log-cell::after {
  content: '';
  flex: 1;
  border-top: 1px solid var(--jp-border-color2);
}

.jp-nbflow-mod-faint {
  opacity: 0.7;
}

.jp-nbflow-mod-italic {
  font-style: italic;
}

/* The other tabs */

.jp-nbflow-Outputs,
.jp-nbflow-Why {
  padding: 8px 12px;
}

.jp-nbflow-Outputs > .jp-nbflow-link {
  display: inline-flex;
  align-items: center;
  gap: 4px;
  margin-bottom: 8px;
}

.jp-nbflow-Cell {
  margin-bottom: 16px;
}

.jp-nbflow-CellHeader {
  display: flex;
  align-items: center;
  gap: 12px;
  padding-bottom: 4px;
  color: var(--jp-ui-font-color2);
}

.jp-nbflow-Cell > details > summary {
  cursor: pointer;
  color: var(--jp-ui-font-color2);
}

.jp-nbflow-Cell .jp-nbflow-Notice,
.jp-nbflow-Variables .jp-nbflow-Variables-look .jp-nbflow-Notice {
  margin: 0;
  padding: 4px 0;
}

.jp-nbflow-Cell .jp-OutputArea-output {
  overflow: auto;
  padding: 4px 0;
}

.jp-nbflow-Cell .jp-OutputArea-output[data-mime-type='application/vnd.jupyter.stderr'] {
  background: var(--jp-rendermime-error-background);
}

.jp-nbflow-Code {
  margin: 4px 0;
  padding: 4px 8px;
  overflow: auto;
  background: var(--jp-cell-editor-background);
  border: var(--jp-border-width) solid var(--jp-cell-editor-border-color);
  color: var(--jp-content-font-color1);
  font-family: var(--jp-code-font-family);
  font-size: var(--jp-code-font-size);
  line-height: var(--jp-code-line-height);
}

.jp-nbflow-Diff > span {
  display: block;
  width: max-content;
  min-width: 100%;
}

.jp-nbflow-Diff > .jp-mod-added {
  background: color-mix(in srgb, var(--jp-success-color1) 20%, transparent);
}

.jp-nbflow-Diff > .jp-mod-removed {
  background: color-mix(in srgb, var(--jp-error-color1) 20%, transparent);
}

.jp-nbflow-Diff > .jp-mod-place {
  color: var(--jp-ui-font-color2);
}

.jp-nbflow-Filter.jp-mod-styled {
  width: 160px;
  height: 24px;
  padding: 0 6px;
  font-size: var(--jp-ui-font-size1);
}

.jp-nbflow-Table {
  width: 100%;
  border-collapse: collapse;
  font-size: var(--jp-ui-font-size1);
}

.jp-nbflow-Table th,
.jp-nbflow-Table td {
  max-width: 220px;
  padding: 2px 12px;
  overflow: hidden;
  text-align: left;
  text-overflow: ellipsis;
  white-space: nowrap;
}

.jp-nbflow-Table thead th {
  position: sticky;
  top: 0;
  z-index: 1;
  background: var(--jp-layout-color1);
  border-bottom: var(--jp-border-width) solid var(--jp-border-color1);
  font-weight: 600;
}

.jp-nbflow-Table tbody tr {
  border-bottom: var(--jp-border-width) solid var(--jp-border-color3);
}

.jp-nbflow-Table tbody tr:hover {
  background: var(--jp-layout-color2);
}

.jp-nbflow-Table th > button,
.jp-nbflow-Variables-name {
  display: inline-flex;
  align-items: center;
  border: none;
  background: none;
  padding: 0;
  color: inherit;
  font: inherit;
  cursor: pointer;
}

.jp-nbflow-Variables-name {
  font-family: var(--jp-code-font-family);
}

.jp-nbflow-Variables-version,
.jp-nbflow-figure {
  font-family: var(--jp-code-font-family);
  font-variant-numeric: tabular-nums;
}

.jp-nbflow-Table tr.jp-nbflow-Variables-look:hover {
  background: none;
}

.jp-nbflow-Table .jp-nbflow-Variables-look > td {
  max-width: 0;
  padding: 4px 12px 8px 28px;
  white-space: normal;
}

.jp-nbflow-Variables-look .jp-nbflow-Rendered {
  max-height: 400px;
  overflow: auto;
}

.jp-nbflow-more {
  margin: 8px 12px;
}

.jp-nbflow-Why-reason {
  margin: 0 0 8px;
}

.jp-nbflow-Why dl {
  margin: 0;
}

.jp-nbflow-Why dl > div {
  display: flex;
  gap: 12px;
  line-height: 22px;
}

.jp-nbflow-Why dt {
  width: 120px;
  color: var(--jp-ui-font-color2);
}

.jp-nbflow-Why dd {
  margin: 0;
}
`,""]),e.d(r,{},{A:t})},34(o){o.exports=function(o){var r=[];return r.toString=function(){return this.map(function(r){var e="",n=void 0!==r[5];return r[4]&&(e+="@supports (".concat(r[4],") {")),r[2]&&(e+="@media ".concat(r[2]," {")),n&&(e+="@layer".concat(r[5].length>0?" ".concat(r[5]):""," {")),e+=o(r),n&&(e+="}"),r[2]&&(e+="}"),r[4]&&(e+="}"),e}).join("")},r.i=function(o,e,n,p,l){"string"==typeof o&&(o=[[null,o,void 0]]);var t={};if(n)for(var i=0;i<this.length;i++){var a=this[i][0];null!=a&&(t[a]=!0)}for(var f=0;f<o.length;f++){var d=[].concat(o[f]);n&&t[d[0]]||(void 0!==l&&(void 0===d[5]||(d[1]="@layer".concat(d[5].length>0?" ".concat(d[5]):""," {").concat(d[1],"}")),d[5]=l),e&&(d[2]&&(d[1]="@media ".concat(d[2]," {").concat(d[1],"}")),d[2]=e),p&&(d[4]?(d[1]="@supports (".concat(d[4],") {").concat(d[1],"}"),d[4]=p):d[4]="".concat(p)),r.push(d))}},r}},33(o){o.exports=function(o){return o[1]}},26(o){var r=[];function e(o){for(var e=-1,n=0;n<r.length;n++)if(r[n].identifier===o){e=n;break}return e}function n(o,n){for(var p={},l=[],t=0;t<o.length;t++){var i=o[t],a=n.base?i[0]+n.base:i[0],f=p[a]||0,d="".concat(a," ").concat(f);p[a]=f+1;var b=e(d),s={css:i[1],media:i[2],sourceMap:i[3],supports:i[4],layer:i[5]};if(-1!==b)r[b].references++,r[b].updater(s);else{var c=function(o,r){var e=r.domAPI(r);return e.update(o),function(r){r?(r.css!==o.css||r.media!==o.media||r.sourceMap!==o.sourceMap||r.supports!==o.supports||r.layer!==o.layer)&&e.update(o=r):e.remove()}}(s,n);n.byIndex=t,r.splice(t,0,{identifier:d,updater:c,references:1})}l.push(d)}return l}o.exports=function(o,p){var l=n(o=o||[],p=p||{});return function(o){o=o||[];for(var t=0;t<l.length;t++){var i=e(l[t]);r[i].references--}for(var a=n(o,p),f=0;f<l.length;f++){var d=e(l[f]);0===r[d].references&&(r[d].updater(),r.splice(d,1))}l=a}}},28(o){var r={};o.exports=function(o,e){var n=function(o){if(void 0===r[o]){var e=document.querySelector(o);if(window.HTMLIFrameElement&&e instanceof window.HTMLIFrameElement)try{e=e.contentDocument.head}catch(o){e=null}r[o]=e}return r[o]}(o);if(!n)throw Error("Couldn't find a style target. This probably means that the value for the 'insert' parameter is invalid.");n.appendChild(e)}},30(o){o.exports=function(o){var r=document.createElement("style");return o.setAttributes(r,o.attributes),o.insert(r,o.options),r}},29(o,r,e){o.exports=function(o){var r=e.nc;r&&o.setAttribute("nonce",r)}},27(o){o.exports=function(o){if("u"<typeof document)return{update:function(){},remove:function(){}};var r=o.insertStyleElement(o);return{update:function(e){var n,p,l;n="",e.supports&&(n+="@supports (".concat(e.supports,") {")),e.media&&(n+="@media ".concat(e.media," {")),(p=void 0!==e.layer)&&(n+="@layer".concat(e.layer.length>0?" ".concat(e.layer):""," {")),n+=e.css,p&&(n+="}"),e.media&&(n+="}"),e.supports&&(n+="}"),(l=e.sourceMap)&&"u">typeof btoa&&(n+="\n/*# sourceMappingURL=data:application/json;base64,".concat(btoa(unescape(encodeURIComponent(JSON.stringify(l))))," */")),o.styleTagTransform(n,r,o.options)},remove:function(){var o;null===(o=r).parentNode||o.parentNode.removeChild(o)}}}},31(o){o.exports=function(o,r){if(r.styleSheet)r.styleSheet.cssText=o;else{for(;r.firstChild;)r.removeChild(r.firstChild);r.appendChild(document.createTextNode(o))}}},25(o,r,e){var n=e(26),p=e.n(n),l=e(27),t=e.n(l),i=e(28),a=e.n(i),f=e(29),d=e.n(f),b=e(30),s=e.n(b),c=e(31),j=e.n(c),w=e(32),u={};u.styleTagTransform=j(),u.setAttributes=d(),u.insert=a().bind(null,"head"),u.domAPI=t(),u.insertStyleElement=s(),p()(w.A,u),w.A&&w.A.locals&&w.A.locals}}]);