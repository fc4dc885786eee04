// What jsdom lacks and what Lumino and JupyterLab need when they are imported.
class Stub {
  observe() {}
  unobserve() {}
  disconnect() {}
}

const g = globalThis as any;
g.DragEvent ??= class DragEvent extends Event {};
g.ResizeObserver ??= Stub;
g.IntersectionObserver ??= Stub;
g.matchMedia ??= () => ({ matches: false, addEventListener() {}, removeEventListener() {} });
g.requestIdleCallback ??= (f: () => void) => setTimeout(f, 0);
g.cancelIdleCallback ??= clearTimeout;
Range.prototype.getClientRects ??= () => [] as any;
