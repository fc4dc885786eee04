// Metrics as small plots: of each run, or against a parameter.

import type { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect } from '@jupyterlab/ui-components';
import { useId, useState, type JSX } from 'react';

import { ticks, written } from '../model/differences';
import { figure, shortened } from '../model/format';
import { axes, drawn, type IDrawn, type IPlotted, type IPoint } from '../model/plots';
import type { ComparedValue } from '../schema';

/** So many plots are shown at first. */
const FIRST = 12;
const SIZE = { width: 240, height: 150, left: 46, right: 12, top: 10, bottom: 22 } as const;

/** More points than this are drawn as one path, without a tooltip for each. */
const MANY = 400;
/** So many points are read out. */
const TOLD = 20;
/** So many names find room along an axis, and so many pixels a character of them takes. */
const NAMES = 10;
const CHARACTER = 5.5;

interface IPlots {
  readonly found: IPlotted;
  readonly trans: TranslationBundle;
  /** What a run is called in a sentence. */
  readonly named: (run: string) => string;
  /** What metrics are drawn against at first: each parameter that differs, or the runs. */
  readonly first: 'parameters' | 'runs';
}

export function Plots(props: IPlots): JSX.Element {
  const { found, trans, first } = props;
  const [chosen, setChosen] = useState('');
  const [all, setAll] = useState(false);
  const id = useId();
  const against = axes(found);
  const named = against.filter(each => each.name === chosen);
  const each = first === 'parameters' && against.length > 0 ? against : [null];
  const plots = found.metrics.flatMap(metric =>
    (named.length > 0 ? named : each).map(axis => ({ metric, axis }))
  );
  const shown = all ? plots : plots.slice(0, FIRST);
  const more = plots.length - shown.length;
  return (
    <>
      {against.length > 0 && (
        <div className="jp-nbflow-Compare-axis">
          <label htmlFor={id}>{trans.__('Against')}</label>
          <HTMLSelect id={id} value={chosen} onChange={event => setChosen(event.target.value)}>
            <option value="">
              {first === 'parameters' ? trans.__('each parameter') : trans.__('the run')}
            </option>
            {against.map(each => (
              <option key={each.name} value={each.name}>
                {each.name}
              </option>
            ))}
          </HTMLSelect>
        </div>
      )}
      <div className="jp-nbflow-Compare-plots">
        {shown.map(({ metric, axis }) => (
          <Plot key={`${metric.name} ${axis?.name}`} {...props} metric={metric} axis={axis} />
        ))}
      </div>
      {more > 0 && (
        <button className="jp-nbflow-link" onClick={() => setAll(true)}>
          {trans._n('%1 more plot', '%1 more plots', more)}
        </button>
      )}
    </>
  );
}

interface IPlot extends IPlots {
  metric: ComparedValue;
  axis: ComparedValue | null;
}

function Plot({ metric, axis, found, trans, named }: IPlot): JSX.Element {
  const made = drawn(metric, axis, found);
  const title = axis ? trans.__('%1 against %2', metric.name, axis.name) : metric.name;
  const told = made.points.map(({ run, x, y, rest }) => {
    const at = made.names ? made.names[x] : figure(x);
    const said = axis
      ? trans.__('%1: %2 at %3', named(run), figure(y), at)
      : `${named(run)}: ${figure(y)}`;
    return rest ? `${said}, ${rest}` : said;
  });
  const spoken = told.slice(0, TOLD).join('; ') + (told.length > TOLD ? '; …' : '');
  return (
    <figure>
      <figcaption title={title}>{shortened(title, 34)}</figcaption>
      {told.length === 0 ? (
        <p className="jp-nbflow-Compare-quiet">{trans.__('No numbers to draw.')}</p>
      ) : (
        <svg
          role="img"
          aria-label={`${title}: ${spoken}`}
          viewBox={`0 0 ${SIZE.width} ${SIZE.height}`}
          width={SIZE.width}
          height={SIZE.height}
        >
          <Drawn {...made} told={told} />
        </svg>
      )}
    </figure>
  );
}

function Drawn({ points, names, ways, told }: IDrawn & { told: readonly string[] }): JSX.Element {
  const rows = ticksOf(points.map(point => point.y));
  const columns = names ? names.map((_, index) => index) : ticksOf(points.map(point => point.x));
  const pad = names ? 0.5 : 0;
  const x = scale(columns[0] - pad, columns.at(-1)! + pad, SIZE.left, SIZE.width - SIZE.right);
  const y = scale(rows[0], rows.at(-1)!, SIZE.height - SIZE.bottom, SIZE.top);
  const each = names ? Math.ceil(names.length / NAMES) : 1;
  const room = (x(each) - x(0)) / CHARACTER;
  const placed = (some: readonly IPoint[]) => some.map(point => `${x(point.x)},${y(point.y)}`);
  return (
    <>
      {rows.map(value => (
        <g key={value}>
          <path
            className="jp-nbflow-Compare-line"
            d={`M${SIZE.left},${y(value)}H${SIZE.width - SIZE.right}`}
          />
          <text x={SIZE.left - 5} y={y(value) + 3} textAnchor="end">
            {written(value)}
          </text>
        </g>
      ))}
      {columns.map(
        (value, index) =>
          index % each === 0 && (
            <text key={value} x={x(value)} y={SIZE.height - 7} textAnchor="middle">
              {names ? shortened(names[value], Math.max(room, 3)) : written(value)}
            </text>
          )
      )}
      {ways.map(way => (
        <path key={way[0].run} className="jp-nbflow-Compare-way" d={`M${placed(way).join('L')}`} />
      ))}
      {points.length > MANY ? (
        <path className="jp-nbflow-Compare-points" d={`M${placed(points).join('h0M')}h0`} />
      ) : (
        points.map((point, index) => (
          <circle
            key={point.run}
            className="jp-nbflow-Compare-point"
            cx={x(point.x)}
            cy={y(point.y)}
            r="4"
          >
            <title>{told[index]}</title>
          </circle>
        ))
      )}
    </>
  );
}

function ticksOf(values: readonly number[]): readonly number[] {
  return ticks(Math.min(...values), Math.max(...values), 3);
}

function scale(low: number, high: number, from: number, to: number): (value: number) => number {
  return value => Math.round((from + ((value - low) / (high - low)) * (to - from)) * 10) / 10;
}
