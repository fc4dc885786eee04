// The steps of a run as a graph, to choose one.

import { useEffect, useMemo, useRef, useState, type JSX } from 'react';

import { edgesOf, nodesOf, nodesOfRun, PipelineGraph, statesOf } from '../graph';
import type { Analysis } from '../schema';
import type { IPageProps } from './body';

/** In a narrower place the steps are rows, in pixels. */
const NARROW = 340;

export function Steps(props: IPageProps & { pipeline: Analysis | null }): JSX.Element {
  const { page, context, pipeline } = props;
  const { steps } = page.run;
  const host = useRef<HTMLDivElement>(null);
  const narrow = useNarrow(host);
  const names = steps.map(each => each.name).join('\n');
  const [nodes, edges] = useMemo(() => {
    // The notebook may have other steps now than the run has.
    const ran = new Set(names.split('\n'));
    const known = new Map(pipeline && nodesOf(pipeline).map(each => [each.name, each]));
    const found = nodesOfRun([...ran].map(name => ({ name }))).map(
      each => known.get(each.name) ?? each
    );
    const flows = pipeline ? edgesOf(pipeline) : [];
    return [found, flows.filter(each => ran.has(each.writer) && ran.has(each.reader))];
  }, [names, pipeline]);
  const open = (name: string) => {
    page.choose(name);
    const cell = cellOf(props, name);
    if (cell !== undefined) {
      context.goTo(page.run, cell);
    }
  };
  return (
    <div className="jp-nbflow-Run-steps" ref={host}>
      <PipelineGraph
        nodes={names === '' ? [] : nodes}
        edges={edges}
        states={statesOf(steps)}
        selected={page.step?.name}
        onSelect={name => page.choose(name)}
        onOpen={open}
        compact={narrow}
        trans={context.trans}
        label={context.trans.__('Steps of the run')}
      />
    </div>
  );
}

/** The first cell of a step: as it ran, else as the notebook has it. */
export function cellOf(
  { page, pipeline }: IPageProps & { pipeline: Analysis | null },
  step: string
): string | undefined {
  const ran = page.run.recorded(step)?.cells[0]?.id;
  return ran ?? pipeline?.cells.find(each => each.step === step)?.id;
}

function useNarrow(host: React.RefObject<HTMLElement>): boolean {
  const [narrow, setNarrow] = useState(false);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      if (entry.contentRect.width > 0) {
        setNarrow(entry.contentRect.width < NARROW);
      }
    });
    observer.observe(host.current!);
    return () => observer.disconnect();
  }, [host]);
  return narrow;
}
