// What the tests of one file work with: the release, and projects of consumers.
import { inject } from "vitest";
import { Project } from "./project.js";

/** The packages as they are published. */
export const { repository, packages } = inject("release");

/** Whether there is time for more than a change has to pass: `npm run test:long`. */
export const long = inject("long");

/** A project of its own, in which nothing is installed. */
export function emptyProject(): Project {
  return Project.create(inject("projects"), inject("registry"));
}

/** The project that has all packages and their peers. All tests share it: they write files with names of their own. */
export const wholeProject = new Project(inject("wholeProject"));
