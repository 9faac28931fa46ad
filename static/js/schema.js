/**
 * Name the types of what the API and the socket send, as the API's own OpenAPI description has them: `make types`
 * writes that as `build/openapi.d.ts`, so that the scripts are checked against the server's code.
 *
 * @import { components, paths } from "openapi"
 *
 * @typedef {components["schemas"]["Candidate"]} Candidate
 * @typedef {components["schemas"]["Frame"]} Frame
 * @typedef {components["schemas"]["Job"]} Job
 * @typedef {components["schemas"]["Matte"]} Matte
 * @typedef {components["schemas"]["Pocket"]} Pocket
 * @typedef {components["schemas"]["Project"]} Project without its frames, as lists and the socket send it
 * @typedef {components["schemas"]["ProjectDetail"]} ProjectDetail
 * @typedef {components["schemas"]["RearrangedProject"]} RearrangedProject
 * @typedef {components["schemas"]["ChosenGeneration"]} ChosenGeneration
 * @typedef {Project["finish"]} Finish
 * @typedef {components["schemas"]["Export"]} Export
 * @typedef {components["schemas"]["ExportFile"]} ExportFile
 * @typedef {components["schemas"]["ExportOptions"]} ExportOptions
 * @typedef {components["schemas"]["FileLink"]} FileLink
 * @typedef {components["schemas"]["Set"]} EmojiSet
 * @typedef {components["schemas"]["Pack"]} Pack
 * @typedef {components["schemas"]["Store"]} PackStore what a store takes, beside a set
 * @typedef {components["schemas"]["Engine"]} Engine
 * @typedef {components["schemas"]["ShareLink"]} ShareLink
 *
 * @typedef {{type: "snapshot", revision: number, project: ProjectDetail, jobs?: Job[], exports: Export[], previews?: Export[]}
 *   | {type: "project", revision: number, project: Project}
 *   | {type: "frame", revision: number, frame: Frame}
 *   | {type: "job", revision: number, job: Job}
 *   | {type: "export", revision: number, export: Export}} Message what the socket sends
 *
 * @typedef {object} FirstState what a studio page holds from the start
 * @property {number} revision
 * @property {ProjectDetail} project
 * @property {Export[]} exports
 * @property {Export[]} previews
 * @property {number} frames_revision
 *
 * @typedef {Body<paths["/api/v1/projects/{project_id}/"]["patch"]>} ProjectChanges
 * @typedef {Body<paths["/api/v1/projects/{project_id}/generate/"]["post"]>} GenerateOptions
 * @typedef {Body<paths["/api/v1/projects/{project_id}/choose/"]["post"]>} ChooseForAllRequest
 * @typedef {Body<paths["/api/v1/projects/{project_id}/frames/{index}/retry/"]["post"]>} RetryRequest
 * @typedef {Body<paths["/api/v1/projects/{project_id}/frames/{index}/refine/"]["post"]>} RefineRequest
 * @typedef {Body<paths["/api/v1/projects/{project_id}/source/refine/"]["post"]>} RefineSourceRequest
 * @typedef {Body<paths["/api/v1/projects/{project_id}/timeline/"]["post"]>} TimelineRequest
 * @typedef {Body<paths["/api/v1/projects/{project_id}/finish/"]["post"]>} FinishRequest
 * @typedef {Body<paths["/api/v1/sets/{set_id}/packs/"]["post"]>} PackRequest
 * @typedef {Partial<Pick<EmojiSet, "name"|"cover"> & {projects: string[]}>} SetChange
 * @typedef {RefineRequest["engine"]} EngineSlug
 *
 * @typedef {Answer<paths["/api/v1/projects/{project_id}/choose/"]["post"], 200>} ChosenForAll
 * @typedef {Answer<paths["/api/v1/projects/{project_id}/finish/"]["post"], 200>} FinishedProject
 * @typedef {Answer<paths["/api/v1/engines/"]["get"], 200>} Engines
 * @typedef {Answer<paths["/api/v1/motions/read/"]["get"], 200>} MotionReading
 * @typedef {Answer<paths["/api/v1/projects/"]["get"], 200>} ProjectPage
 * @typedef {Answer<paths["/api/v1/projects/{project_id}/exports/"]["get"], 200>} ExportPage
 */

/**
 * @template Operation
 * @typedef {Operation extends {requestBody?: {content: {"application/json": infer Sent}}} ? Sent : never} Body
 */

/**
 * @template Operation
 * @template {number} Status
 * @typedef {Operation extends {responses: {[status in Status]: {content: {"application/json": infer Sent}}}} ? Sent : never} Answer
 */

export {};
