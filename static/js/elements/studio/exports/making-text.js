/** Say how far the making of a file has come. */

import { gettext, interpolate } from "../../../i18n.js";

/** @import { Job } from "../../../schema.js" */

/** Say it of all the files of a job. @param {Job|undefined} job */
export function makingText(job) {
  const percent = job?.total ? Math.floor((100 * job.done) / job.total) : 0;
  return percent ? interpolate(gettext("Making… %(percent)s %"), { percent }) : gettext("Making…");
}
