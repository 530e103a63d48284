// A time as text by C's strftime, in its own locale.

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** Directives that stand for several. */
const COMPOSED: Readonly<Record<string, string>> = {
  c: "%a %b %e %H:%M:%S %Y",
  D: "%m/%d/%y",
  F: "%Y-%m-%d",
  R: "%H:%M",
  r: "%I:%M:%S %p",
  T: "%H:%M:%S",
  x: "%m/%d/%y",
  X: "%H:%M:%S",
  h: "%b",
};

/** Width and what fills it, where a flag does not say otherwise. */
type Padded = readonly [value: number, width: number, fill?: string];

/** What stands for no directive stays as it is. */
export function formatTime(time: Date, format: string): string {
  return format.replace(/%([-_0^#]?)([a-zA-Z%])/g, (whole, flag: string, directive: string) => {
    const composed = COMPOSED[directive];
    const text = composed === undefined ? textFor(time, directive, flag) : formatTime(time, composed);
    if (text === undefined) return whole;
    return flag === "^" ? text.toUpperCase() : flag === "#" ? swapped(text, directive) : text;
  });
}

function swapped(text: string, directive: string): string {
  return directive === "p" ? text.toLowerCase() : text.toUpperCase();
}

function textFor(time: Date, directive: string, flag: string): string | undefined {
  const words = wordFor(time, directive);
  if (words !== undefined) return words;
  const number = numberFor(time, directive);
  if (!number) return undefined;
  const [value, width, fill = "0"] = number;
  if (flag === "-") return String(value);
  return String(value).padStart(width, flag === "_" ? " " : flag === "0" ? "0" : fill);
}

function wordFor(time: Date, directive: string): string | undefined {
  switch (directive) {
    case "A":
      return DAYS[time.getDay()];
    case "a":
      return DAYS[time.getDay()]!.slice(0, 3);
    case "B":
      return MONTHS[time.getMonth()];
    case "b":
      return MONTHS[time.getMonth()]!.slice(0, 3);
    case "p":
      return time.getHours() < 12 ? "AM" : "PM";
    case "P":
      return time.getHours() < 12 ? "am" : "pm";
    // A time without a zone, as Python's datetime.now() gives it.
    case "z":
    case "Z":
      return "";
    case "n":
      return "\n";
    case "t":
      return "\t";
    case "%":
      return "%";
    default:
      return undefined;
  }
}

function numberFor(time: Date, directive: string): Padded | undefined {
  const hour = time.getHours();
  const weekday = time.getDay();
  switch (directive) {
    case "d":
      return [time.getDate(), 2];
    case "e":
      return [time.getDate(), 2, " "];
    case "m":
      return [time.getMonth() + 1, 2];
    case "y":
      return [time.getFullYear() % 100, 2];
    case "Y":
      return [time.getFullYear(), 1];
    case "C":
      return [Math.floor(time.getFullYear() / 100), 2];
    case "H":
      return [hour, 2];
    case "k":
      return [hour, 2, " "];
    case "I":
      return [hour % 12 || 12, 2];
    case "l":
      return [hour % 12 || 12, 2, " "];
    case "M":
      return [time.getMinutes(), 2];
    case "S":
      return [time.getSeconds(), 2];
    case "f":
      return [time.getMilliseconds() * 1000, 6];
    case "j":
      return [dayOfYear(time) + 1, 3];
    case "w":
      return [weekday, 1];
    case "u":
      return [weekday || 7, 1];
    case "U":
      return [Math.floor((dayOfYear(time) + 7 - weekday) / 7), 2];
    case "W":
      return [Math.floor((dayOfYear(time) + 7 - ((weekday + 6) % 7)) / 7), 2];
    case "V":
      return [isoWeek(time).week, 2];
    case "G":
      return [isoWeek(time).year, 1];
    case "g":
      return [isoWeek(time).year % 100, 2];
    case "s":
      return [Math.floor(time.getTime() / 1000), 1];
    default:
      return undefined;
  }
}

/** From 0. */
function dayOfYear(time: Date): number {
  const midnight = Date.UTC(time.getFullYear(), time.getMonth(), time.getDate());
  return Math.round((midnight - Date.UTC(time.getFullYear(), 0, 1)) / 86_400_000);
}

/** ISO 8601: a week belongs to the year of its Thursday. */
function isoWeek(time: Date): { week: number; year: number } {
  const thursday = new Date(time.getFullYear(), time.getMonth(), time.getDate() + 4 - (time.getDay() || 7));
  return { week: Math.floor(dayOfYear(thursday) / 7) + 1, year: thursday.getFullYear() };
}
