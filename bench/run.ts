/** `pnpm bench`: figures of this machine, each checked for correctness before it is timed. */
import {
  type Tensor,
  add,
  grad,
  item,
  log,
  matmul,
  mean,
  mul,
  neg,
  randomKey,
  sigmoid,
  square,
  sub,
  sum,
  tanh,
  tensor,
  transpose,
  treeZip,
  uniform,
  valueAndGrad,
  values,
  vmap,
} from "@nabla/autodiff";
import { type Diagram, type DiagramNode, toDot } from "@nabla/viz";
import { median, mustAgree } from "./measure.ts";
import { pytorch } from "./peer.ts";

const report = (label: string, value: string): void => console.log(`${label.padEnd(72)} ${value}`);

/** The 2-2-1 sigmoid network on XOR: value, gradient and update, by the tape and by a loop written out by hand. */
function tiny(): void {
  const x = tensor([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ]);
  const y = tensor([[0], [1], [1], [0]]);
  const start = {
    W1: tensor([
      [0.1, 0.2],
      [0.3, 0.4],
    ]),
    b1: tensor([0, 0]),
    W2: tensor([[0.5, -0.5]]),
    b2: tensor([0]),
  };
  const cost = (p: typeof start): Tensor => {
    const a = sigmoid(add(matmul(x, transpose(p.W1)), p.b1));
    const h = sigmoid(add(matmul(a, transpose(p.W2)), p.b2));
    return neg(mean(add(mul(y, log(h)), mul(sub(1, y), log(sub(1, h))))));
  };
  const slope = valueAndGrad(cost);
  const [analytic] = Array.from(slope(start).gradient.W2.data ?? []);
  const step = 1e-5;
  const moved = (h: number): number => item(cost({ ...start, W2: tensor([[0.5 + h, -0.5]]) }));
  if (Math.abs((analytic ?? 0) - (moved(step) - moved(-step)) / (2 * step)) > 1e-9) throw new Error("the gradient of the tiny network is wrong; not timed");
  let parameters = start;
  const once = (): unknown => {
    const { gradient } = slope(parameters);
    return (parameters = treeZip(parameters, gradient, (p, g) => sub(p, mul(0.1, g))));
  };
  // Ours and the peer's by turns, since the speed of a machine drifts.
  const ours: number[] = [];
  const peers: number[] = [];
  for (let turn = 0; turn < 3; turn++) {
    ours.push(1000 * median(once, 2000));
    const peer = pytorch();
    if (peer === undefined) break;
    const { value, gradient } = slope(start);
    mustAgree("the cost of the tiny network by PyTorch", item(value), peer.value);
    values(gradient.W2).forEach((g, i) => mustAgree("the gradient of W2 by PyTorch", g, peer.gradient[i] ?? Number.NaN));
    peers.push(peer.microseconds);
  }
  const middle = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
  report("2-2-1 sigmoid, 4 examples: value, gradient and update, eager", `${middle(ours).toFixed(1)} µs`);
  report(
    "the same by PyTorch, eager, one thread",
    peers.length === 0 ? "no Python with PyTorch here" : `${middle(peers).toFixed(1)} µs (ours ${(middle(ours) / middle(peers)).toFixed(2)} of it)`,
  );
}

/** Time per node of a chain, short against long: growth must be linear. */
function growth(): void {
  const chain =
    (length: number) =>
    (x: Tensor): Tensor => {
      let y = x;
      for (let i = 0; i < length; i++) y = tanh(y);
      return y;
    };
  const perNode = (length: number): number => {
    const slope = grad(chain(length));
    let want = 1;
    for (let i = 0, value = 0.5; i < length; i++) {
      value = Math.tanh(value);
      want *= 1 - value * value;
    }
    mustAgree(`gradient of a chain of ${length}`, item(slope(tensor(0.5))), want);
    return (1e6 * median(() => slope(tensor(0.5)), Math.max(1, Math.floor(20_000 / length)), 7)) / length;
  };
  const [short, long] = [perNode(1000), perNode(100_000)];
  report("chain of 1,000 nodes, value and gradient, per node", `${short.toFixed(0)} ns`);
  report("chain of 100,000 nodes, value and gradient, per node", `${long.toFixed(0)} ns (${(long / short).toFixed(2)} times)`);
}

/** Array memory of a reverse sweep over a chain that holds 80 MB, above what the forward values take: read after a collection at every large allocation. */
function sweepMemory(): void {
  const entries = 1_000_000;
  const links = 10;
  const x = tensor(new Float64Array(entries).fill(0.5));
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) throw new Error("run with --expose-gc to see memory");
  const held = (): number => {
    gc();
    return process.memoryUsage().arrayBuffers / 1e6;
  };
  const before = held();
  let forward = 0;
  let peak = 0;
  const plain = Float64Array;
  globalThis.Float64Array = new Proxy(plain, {
    construct: (target, args: [number]) => {
      if (forward > 0 && args[0] >= entries) peak = Math.max(peak, held() - before);
      return new target(...args);
    },
  });
  try {
    const slope = grad((given: Tensor) => {
      let y = given;
      for (let i = 0; i < links; i++) y = tanh(y);
      const total = sum(y);
      forward = held() - before;
      return total;
    });
    const g = slope(x);
    let want = 1;
    for (let i = 0, value = 0.5; i < links; i++) {
      value = Math.tanh(value);
      want *= 1 - value * value;
    }
    mustAgree("gradient of the chain of 80 MB", g.data?.[0] ?? Number.NaN, want);
  } finally {
    globalThis.Float64Array = plain;
  }
  report(`forward values of a chain of ${links} arrays of 8 MB`, `${forward.toFixed(0)} MB`);
  report("most held during its reverse sweep, above the forward values", `${Math.max(0, peak - forward).toFixed(0)} MB`);
}

/** DOT text of a chain of values with gradients: microseconds per node must not grow with the number of nodes. */
function dotText(): void {
  for (const size of [100, 1000, 10_000, 100_000]) {
    const nodes = Array.from({ length: size }, (_, at): DiagramNode => ({
      id: `t${at}`,
      role: "operation",
      name: `v${at}`,
      operation: `sigmoid(v${at - 1})`,
      shape: "",
      value: [[at / 7]],
      gradient: { symbol: `∂C/∂v${at}`, value: [[1 / (at + 1)]] },
      place: { side: "line" },
    }));
    const edges = Array.from({ length: size - 1 }, (_, at) => ({
      from: `t${at}`,
      to: `t${at + 1}`,
      direction: "forward" as const,
      label: "",
      message: at + 1,
    }));
    const chain: Diagram = { title: "chain", subtitle: "", nodes, edges };
    const cold = performance.now();
    const first = toDot(chain);
    // The first call of all runs code that is not compiled yet; the medians below are of code that is.
    if (size === 100) report("DOT text of 100 nodes, first call of the process, per node", `${((1000 * (performance.now() - cold)) / size).toFixed(1)} µs`);
    const boxes = first.match(/^ {2}"t\d+" \[class/gm)?.length;
    if (boxes !== size) throw new Error(`the DOT text of ${size} nodes has ${boxes ?? 0} boxes; not timed`);
    // As much work for every size, and few runs, since the last takes seconds.
    const calls = Math.ceil(20_000 / size);
    const spent = Array.from({ length: 5 }, () => {
      let length = 0;
      const start = performance.now();
      for (let i = 0; i < calls; i++) length += toDot(chain).length;
      return length > 0 ? (performance.now() - start) / calls : Number.NaN;
    }).toSorted((a, b) => a - b);
    const middle = spent[Math.floor(spent.length / 2)] ?? Number.NaN;
    report(`DOT text of ${size.toLocaleString("en")} nodes, per node`, `${((1000 * middle) / size).toFixed(1)} µs`);
  }
}

/** Gradients of each of a thousand examples: by vmap, and by a loop over them. */
function perExample(): void {
  const [count, width] = [1000, 10];
  const x = uniform(randomKey(1), { shape: [count, width] });
  const w = uniform(randomKey(2), { shape: [width, width] });
  const slope = grad((p: Tensor, each: Tensor) => sum(square(tanh(matmul(p, each)))));
  const batched = vmap(slope, { over: [false, true] });
  const rows = Array.from({ length: count }, (_, at) => tensor(values(x).slice(at * width, (at + 1) * width)));
  const loop = (): Tensor[] => rows.map((row) => slope(w, row));
  const together = values(batched(w, x));
  loop().forEach((gradient, at) =>
    values(gradient).forEach((entry, i) => mustAgree("gradient of one example", together[at * width * width + i] ?? Number.NaN, entry)),
  );
  const [mapped, looped] = [median(() => batched(w, x), 5), median(loop, 5)];
  report(`gradients of ${count} examples by a 10×10 layer, vmap(grad(f))`, `${mapped.toFixed(2)} ms`);
  report("the same by a loop", `${looped.toFixed(2)} ms (${(looped / mapped).toFixed(1)} times)`);
}

tiny();
growth();
perExample();
sweepMemory();
dotText();
