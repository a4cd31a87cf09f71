// The server's plain requests. Refusals become a `Refusal` with the server's own words.

export class Refusal extends Error {
  constructor(status, message, help) {
    super(message);
    this.status = status;
    this.help = help ?? "";
  }
}

/** Throws the refusal that a response carries, if it does. */
export async function refuse(response) {
  if (response.ok) return;
  const body = await response.json().catch(() => null);
  const error = body?.error ?? { message: `${response.status} ${response.statusText}` };
  throw new Refusal(response.status, error.message, error.help);
}

async function get(path) {
  const response = await fetch(path);
  await refuse(response);
  return response;
}

async function post(path, body) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  await refuse(response);
  return response;
}

/** Numbers, sliders and checks that there are. */
export const getLesson = async () => (await get("/api/lesson")).json();

/** Play, pause, step, speed of the run with this id. */
export const controlRun = (id, wishes) => post(`/api/run/${id}`, wishes);

/** Other values from the next round on. */
export const changeRun = async (id, set) => (await post(`/api/run/${id}/change`, { set })).json();

/** The scenario file of exactly this state. */
export const getScenario = async (state) => (await get(`/api/scenario?${stateQuery(state)}`)).text();

/** A state as part of an address. */
export const stateQuery = (state) => `state=${encodeURIComponent(JSON.stringify(state))}`;
