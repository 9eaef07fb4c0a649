#!/usr/bin/env -S node --conditions=@nabla/source
// The command inside this workspace, from its sources: nothing is built. The published command is nabla.ts alone.
// oxlint-disable-next-line import/no-unassigned-import -- it is a program
import "./nabla.ts";
