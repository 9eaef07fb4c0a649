import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Whether there is a browser to drive. */
export const browserFound: boolean = spawnSync("chromium", ["--version"]).status === 0;

/** The title of tests that need one: it says why they are skipped. */
export const titled = (what: string): string => (browserFound ? what : `${what}: skipped, no chromium found`);

/** A page in a headless browser, driven by its debugging protocol. */
export interface Page {
  /** What an expression of the page gives, as data. */
  read<R>(expression: string): Promise<R>;
  send(method: string, parameters?: object): Promise<Record<string, unknown>>;
  /** Presses one key by its name. */
  press(key: string, shift?: boolean): Promise<void>;
  screenshot(file: string): Promise<void>;
  /** Messages of the console, exceptions, dialogs and requests since the page was opened. */
  readonly events: readonly { readonly method: string; readonly params: Record<string, unknown> }[];
  /** Shows another document. */
  open(html: string): Promise<void>;
  close(): Promise<void>;
}

/** A browser with one empty page. */
export async function browse(): Promise<Page> {
  const folder = mkdtempSync(join(tmpdir(), "nabla-page-"));
  const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", "--window-size=1400,850", `--user-data-dir=${folder}/profile`];
  const child = spawn("chromium", [...flags, "about:blank"], { stdio: ["ignore", "ignore", "pipe"] });
  const port = new URL(await address(child)).port;
  const targets = (await (await fetch(`http://127.0.0.1:${port}/json`)).json()) as { readonly type: string; readonly webSocketDebuggerUrl: string }[];
  const socket = new WebSocket(targets.find(({ type }) => type === "page")?.webSocketDebuggerUrl ?? "");
  await new Promise((resolve) => {
    socket.addEventListener("open", resolve);
  });
  const waiting = new Map<number, (answer: Record<string, unknown>) => void>();
  const events: { method: string; params: Record<string, unknown> }[] = [];
  let loaded: () => void = () => undefined;
  socket.addEventListener("message", ({ data }) => {
    const message = JSON.parse(String(data)) as { id?: number; method?: string; params?: Record<string, unknown>; result?: Record<string, unknown> };
    if (message.id !== undefined) waiting.get(message.id)?.(message.result ?? message);
    else if (message.method === "Page.loadEventFired") loaded();
    else if (message.method !== undefined) events.push({ method: message.method, params: message.params ?? {} });
  });
  let last = 0;
  const send = (method: string, params: object = {}): Promise<Record<string, unknown>> =>
    new Promise((resolve) => {
      last += 1;
      waiting.set(last, resolve);
      socket.send(JSON.stringify({ id: last, method, params }));
    });
  for (const domain of ["Page", "Runtime", "Log", "Network"]) await send(`${domain}.enable`);
  return {
    events,
    send,
    read: async <R>(expression: string): Promise<R> => {
      const { result, exceptionDetails } = await send("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
      if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
      return (result as { value: R }).value;
    },
    press: async (key, shift = false) => {
      const text = key === "Enter" ? { text: "\r" } : key.length === 1 ? { text: key } : {};
      const codes: Readonly<Record<string, number>> = { Enter: 13, Tab: 9, Escape: 27, ArrowLeft: 37, ArrowUp: 38, ArrowRight: 39, ArrowDown: 40 };
      const event = { key, code: key, windowsVirtualKeyCode: codes[key] ?? key.toUpperCase().charCodeAt(0), modifiers: shift ? 8 : 0, ...text };
      await send("Input.dispatchKeyEvent", { type: "keyDown", ...event });
      await send("Input.dispatchKeyEvent", { type: "keyUp", ...event });
    },
    screenshot: async (file) => {
      const { data } = await send("Page.captureScreenshot", { format: "png" });
      writeFileSync(file, Buffer.from(String(data), "base64"));
    },
    open: async (html) => {
      const file = join(folder, "page.html");
      writeFileSync(file, html);
      events.length = 0;
      const done = new Promise<void>((resolve) => {
        loaded = resolve;
      });
      await send("Page.navigate", { url: pathToFileURL(file).href });
      await done;
    },
    close: async () => {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      socket.close();
      child.kill();
      await ended;
    },
  };
}

function address({ stderr }: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    stderr?.on("data", (part: Buffer) => {
      text += String(part);
      const found = /DevTools listening on (ws:\S+)/.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    });
    stderr?.on("end", () => reject(new Error(`chromium ended: ${text}`)));
  });
}
