// Metrics as small plots: of each run, or against a parameter.

import type { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect } from '@jupyterlab/ui-components';
import { useId, useState, type JSX } from 'react';

import { axes, isNumber, ticks, valueOf, written } from '../model/differences';
import { figure, shortened } from '../model/format';
import type { ComparedValue } from '../schema';
import type { IPart } from './context';

/** So many plots are shown at first. */
const FIRST = 12;
const SIZE = { width: 240, height: 150, left: 46, right: 12, top: 10, bottom: 22 } as const;

/** A point: where it is by value, and what it is called. */
interface IPoint {
  readonly run: string;
  readonly x: number;
  readonly y: number;
}

export function Plots({ found, context }: IPart): JSX.Element {
  const { trans } = context;
  const [chosen, setChosen] = useState('');
  const [all, setAll] = useState(false);
  const id = useId();
  const against = axes(found);
  const axis = against.find(each => each.name === chosen) ?? null;
  const metrics = all ? found.metrics : found.metrics.slice(0, FIRST);
  const more = found.metrics.length - metrics.length;
  return (
    <>
      {against.length > 0 && (
        <div className="jp-nbflow-Compare-axis">
          <label htmlFor={id}>{trans.__('Against')}</label>
          <HTMLSelect
            id={id}
            value={axis?.name ?? ''}
            onChange={event => setChosen(event.target.value)}
          >
            <option value="">{trans.__('the run')}</option>
            {against.map(each => (
              <option key={each.name} value={each.name}>
                {each.name}
              </option>
            ))}
          </HTMLSelect>
        </div>
      )}
      <div className="jp-nbflow-Compare-plots">
        {metrics.map(metric => (
          <Plot
            key={metric.name}
            metric={metric}
            axis={axis}
            runs={found.runs.map(run => run.id)}
            trans={trans}
          />
        ))}
      </div>
      {more > 0 && (
        <button className="jp-nbflow-link" onClick={() => setAll(true)}>
          {trans._n('%1 more metric', '%1 more metrics', more)}
        </button>
      )}
    </>
  );
}

interface IPlotProps {
  metric: ComparedValue;
  axis: ComparedValue | null;
  runs: readonly string[];
  trans: TranslationBundle;
}

function Plot({ metric, axis, runs, trans }: IPlotProps): JSX.Element {
  const points = pointsOf(metric, axis, runs);
  const title = axis ? trans.__('%1 against %2', metric.name, axis.name) : metric.name;
  const told = points.map(({ run, x, y }) =>
    axis
      ? trans.__('run %1: %2 at %3', run, figure(y), figure(x))
      : trans.__('run %1: %2', run, figure(y))
  );
  return (
    <figure>
      <figcaption title={title}>{shortened(title, 34)}</figcaption>
      {points.length === 0 ? (
        <p className="jp-nbflow-Compare-quiet">{trans.__('No numbers to draw.')}</p>
      ) : (
        <svg
          role="img"
          aria-label={`${title}: ${told.join('; ')}`}
          viewBox={`0 0 ${SIZE.width} ${SIZE.height}`}
          width={SIZE.width}
          height={SIZE.height}
        >
          <Drawn points={points} named={axis === null} runs={runs} told={told} />
        </svg>
      )}
    </figure>
  );
}

function pointsOf(
  metric: ComparedValue,
  axis: ComparedValue | null,
  runs: readonly string[]
): IPoint[] {
  const found: IPoint[] = [];
  runs.forEach((run, index) => {
    const x = axis ? valueOf(axis, run) : index;
    const y = metric.values[run];
    if (isNumber(x) && isNumber(y)) {
      found.push({ run, x, y });
    }
  });
  return found.sort((one, other) => one.x - other.x);
}

function Drawn(props: {
  points: readonly IPoint[];
  /** Whether runs stand along the axis, by their names. */
  named: boolean;
  runs: readonly string[];
  told: readonly string[];
}): JSX.Element {
  const { points, named, runs, told } = props;
  const rows = ticksOf(points.map(point => point.y));
  const columns = named ? runs.map((_, index) => index) : ticksOf(points.map(point => point.x));
  const pad = named ? 0.5 : 0;
  const x = scale(columns[0] - pad, columns.at(-1)! + pad, SIZE.left, SIZE.width - SIZE.right);
  const y = scale(rows[0], rows.at(-1)!, SIZE.height - SIZE.bottom, SIZE.top);
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
      {columns.map(value => (
        <text key={value} x={x(value)} y={SIZE.height - 7} textAnchor="middle">
          {named ? runs[value] : written(value)}
        </text>
      ))}
      {!named && (
        <path
          className="jp-nbflow-Compare-way"
          d={`M${points.map(point => `${x(point.x)},${y(point.y)}`).join('L')}`}
        />
      )}
      {points.map((point, index) => (
        <g key={point.run}>
          <circle className="jp-nbflow-Compare-point" cx={x(point.x)} cy={y(point.y)} r="4">
            <title>{told[index]}</title>
          </circle>
        </g>
      ))}
    </>
  );
}

function ticksOf(values: readonly number[]): readonly number[] {
  return ticks(Math.min(...values), Math.max(...values), 3);
}

function scale(low: number, high: number, from: number, to: number): (value: number) => number {
  return value => Math.round((from + ((value - low) / (high - low)) * (to - from)) * 10) / 10;
}
