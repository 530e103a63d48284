/** Keeps what was found in the latest text: steps in a row ask for the same. */
export function latest<Found>(find: (text: string) => Found): (text: string) => Found {
  let text: string | undefined;
  let found: Found;
  return (asked) => {
    if (asked !== text) {
      found = find(asked);
      text = asked;
    }
    return found;
  };
}
