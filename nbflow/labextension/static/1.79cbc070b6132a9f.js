"use strict";(self.rspackChunknbflow=self.rspackChunknbflow||[]).push([[1],{34(o,r,n){var e=n(32),p=n.n(e),t=n(33),a=(n.n(t))()(p());a.push([o.id,`/* Steps at the cells: a slim edge, and a badge above the first of neighbours. */

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
`,""]),n.d(r,{},{A:a})},35(o,r,n){var e=n(32),p=n.n(e),t=n(33),a=(n.n(t))()(p());a.push([o.id,`/* The page scrolls in both directions: the names of runs and rows stay, what is below the table stays in sight. */

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
`,""]),n.d(r,{},{A:a})},36(o,r,n){var e=n(32),p=n.n(e),t=n(33),a=(n.n(t))()(p());a.push([o.id,`/* The editor of a step: one line above the input of the active cell. Its height is known before it is filled. */

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
`,""]),n.d(r,{},{A:a})},37(o,r,n){var e=n(32),p=n.n(e),t=n(33),a=(n.n(t))()(p());a.push([o.id,`/* States: a glyph keeps three to one against both themes, so each colour leans towards that of the text. */

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

.jp-nbflow-State.jp-mod-cached,
.jp-nbflow-Graph-box[data-state='cached'] {
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
`,""]),n.d(r,{},{A:a})},31(o,r,n){var e=n(32),p=n.n(e),t=n(33),a=n.n(t),l=n(34),i=n(35),f=n(36),d=n(37),s=n(38),b=a()(p());b.i(l.A),b.i(i.A),b.i(f.A),b.i(d.A),b.i(s.A),b.push([o.id,`
`,""]),n.d(r,{},{A:b})},38(o,r,n){var e=n(32),p=n.n(e),t=n(33),a=(n.n(t))()(p());a.push([o.id,`.jp-nbflow-Sidebar {
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
`,""]),n.d(r,{},{A:a})},33(o){o.exports=function(o){var r=[];return r.toString=function(){return this.map(function(r){var n="",e=void 0!==r[5];return r[4]&&(n+="@supports (".concat(r[4],") {")),r[2]&&(n+="@media ".concat(r[2]," {")),e&&(n+="@layer".concat(r[5].length>0?" ".concat(r[5]):""," {")),n+=o(r),e&&(n+="}"),r[2]&&(n+="}"),r[4]&&(n+="}"),n}).join("")},r.i=function(o,n,e,p,t){"string"==typeof o&&(o=[[null,o,void 0]]);var a={};if(e)for(var l=0;l<this.length;l++){var i=this[l][0];null!=i&&(a[i]=!0)}for(var f=0;f<o.length;f++){var d=[].concat(o[f]);e&&a[d[0]]||(void 0!==t&&(void 0===d[5]||(d[1]="@layer".concat(d[5].length>0?" ".concat(d[5]):""," {").concat(d[1],"}")),d[5]=t),n&&(d[2]&&(d[1]="@media ".concat(d[2]," {").concat(d[1],"}")),d[2]=n),p&&(d[4]?(d[1]="@supports (".concat(d[4],") {").concat(d[1],"}"),d[4]=p):d[4]="".concat(p)),r.push(d))}},r}},32(o){o.exports=function(o){return o[1]}},25(o){var r=[];function n(o){for(var n=-1,e=0;e<r.length;e++)if(r[e].identifier===o){n=e;break}return n}function e(o,e){for(var p={},t=[],a=0;a<o.length;a++){var l=o[a],i=e.base?l[0]+e.base:l[0],f=p[i]||0,d="".concat(i," ").concat(f);p[i]=f+1;var s=n(d),b={css:l[1],media:l[2],sourceMap:l[3],supports:l[4],layer:l[5]};if(-1!==s)r[s].references++,r[s].updater(b);else{var c=function(o,r){var n=r.domAPI(r);return n.update(o),function(r){r?(r.css!==o.css||r.media!==o.media||r.sourceMap!==o.sourceMap||r.supports!==o.supports||r.layer!==o.layer)&&n.update(o=r):n.remove()}}(b,e);e.byIndex=a,r.splice(a,0,{identifier:d,updater:c,references:1})}t.push(d)}return t}o.exports=function(o,p){var t=e(o=o||[],p=p||{});return function(o){o=o||[];for(var a=0;a<t.length;a++){var l=n(t[a]);r[l].references--}for(var i=e(o,p),f=0;f<t.length;f++){var d=n(t[f]);0===r[d].references&&(r[d].updater(),r.splice(d,1))}t=i}}},27(o){var r={};o.exports=function(o,n){var e=function(o){if(void 0===r[o]){var n=document.querySelector(o);if(window.HTMLIFrameElement&&n instanceof window.HTMLIFrameElement)try{n=n.contentDocument.head}catch(o){n=null}r[o]=n}return r[o]}(o);if(!e)throw Error("Couldn't find a style target. This probably means that the value for the 'insert' parameter is invalid.");e.appendChild(n)}},29(o){o.exports=function(o){var r=document.createElement("style");return o.setAttributes(r,o.attributes),o.insert(r,o.options),r}},28(o,r,n){o.exports=function(o){var r=n.nc;r&&o.setAttribute("nonce",r)}},26(o){o.exports=function(o){if("u"<typeof document)return{update:function(){},remove:function(){}};var r=o.insertStyleElement(o);return{update:function(n){var e,p,t;e="",n.supports&&(e+="@supports (".concat(n.supports,") {")),n.media&&(e+="@media ".concat(n.media," {")),(p=void 0!==n.layer)&&(e+="@layer".concat(n.layer.length>0?" ".concat(n.layer):""," {")),e+=n.css,p&&(e+="}"),n.media&&(e+="}"),n.supports&&(e+="}"),(t=n.sourceMap)&&"u">typeof btoa&&(e+="\n/*# sourceMappingURL=data:application/json;base64,".concat(btoa(unescape(encodeURIComponent(JSON.stringify(t))))," */")),o.styleTagTransform(e,r,o.options)},remove:function(){var o;null===(o=r).parentNode||o.parentNode.removeChild(o)}}}},30(o){o.exports=function(o,r){if(r.styleSheet)r.styleSheet.cssText=o;else{for(;r.firstChild;)r.removeChild(r.firstChild);r.appendChild(document.createTextNode(o))}}},24(o,r,n){var e=n(25),p=n.n(e),t=n(26),a=n.n(t),l=n(27),i=n.n(l),f=n(28),d=n.n(f),s=n(29),b=n.n(s),c=n(30),j=n.n(c),w=n(31),u={};u.styleTagTransform=j(),u.setAttributes=d(),u.insert=i().bind(null,"head"),u.domAPI=a(),u.insertStyleElement=b(),p()(w.A,u),w.A&&w.A.locals&&w.A.locals}}]);