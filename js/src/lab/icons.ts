// The icon of nbflow: three steps, one after which two run side by side.

import { LabIcon } from '@jupyterlab/ui-components';

export const nbflowIcon = new LabIcon({
  name: 'nbflow:pipeline',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <g class="jp-icon3" fill="#616161">
    <path d="M11 9h2v2h4v4h-2v-2H9v2H7v-4h4z"/>
    <circle cx="12" cy="6" r="3.5"/><circle cx="8" cy="18" r="3.5"/><circle cx="16" cy="18" r="3.5"/>
  </g>
</svg>`
});
