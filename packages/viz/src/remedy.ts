/** After what a picture says of its folds: how the call that made it opens one. */
export const openOne = (group: string): string => `; open one by its name: open: [${JSON.stringify(group)}]`;
/** After what it says of steps without a name: how the call shows them. */
export const showEach = '; fold: "none" shows each';

const remedies = /; (?:open one by its name: open: \["(?:[^"\\]|\\.)*"\]|fold: "none" shows each)/g;

/** A subtitle without that: readers of a page open folds by hand, and have no call to change. */
export const withoutRemedy = (subtitle: string): string => subtitle.replaceAll(remedies, "");
