/** Where files of libraries lie: a folder, or one file that holds all of a library. */
const places = new Set<string>();

/**
 * Says that the files beside this one belong to a library, so that a diagnosis names the line of the library's caller instead of one inside
 * it. Call it with `import.meta.url` in the library's index. Of a library that a bundler put into one file with others, no line is known.
 *
 * @example
 * library("file:///code/my-networks/dist/index.js")
 */
export function library(url: string | undefined): void {
  if (url !== undefined) places.add(/\/index\.[cm]?[jt]s$/.test(pathOf(url)) ? pathOf(url).replace(/[^/]*$/, "") : pathOf(url));
}

/** The place that a frame of a stack names, `file:line:column`; undefined for one that names none, or lies in a library. */
export function callerPlace(frame: string): string | undefined {
  const place = /(?:\(|@|\bat (?:async )?)((?:[a-z-]+:\/\/)?[^()@]*:\d+:\d+)\)?$/i.exec(frame.trim())?.[1];
  if (place === undefined || place.startsWith("node:")) return undefined;
  const path = pathOf(place);
  for (const each of places) if (each.endsWith("/") ? path.startsWith(each) : path.startsWith(`${each}:`) || path.startsWith(`${each}?`)) return undefined;
  return /[^/]+:\d+:\d+$/.exec(path)?.[0];
}

/** Engines write a file as a URL or as a path. */
function pathOf(url: string): string {
  const path = url.replace(/^file:\/\/(?:\/(?=[a-z]:))?/i, "").replaceAll("\\", "/");
  try {
    return decodeURI(path);
  } catch {
    // A path with a percent sign of its own.
    return path;
  }
}
