/** How many next tokens are listed at least and at most. */
const [LEAST, MOST] = [5, 10];

/** How many there are in a list that has room for so many. */
export const listedIn = (room: number): number => Math.max(LEAST, Math.min(MOST, room));
