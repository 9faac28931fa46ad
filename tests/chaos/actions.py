"""What people do with their projects while processes die."""

from __future__ import annotations

import io
import random
from typing import Any, Final

from PIL import Image

from tests.chaos.world import World
from tests.stack.product import Person

SECONDS_BETWEEN: Final = 1.5
ACTIONS: Final = {"generate": 3, "retry": 4, "refine": 4, "export": 6, "cancel": 2, "look": 3, "delete": 1}
"""What people do, and how often."""


def act(world: World, person: Person, chance: random.Random) -> None:
    """Do one thing after the other until the kills are over. `chance` is this person's own."""
    while not world.over.is_set():
        if person in world.projects:
            act_once(world, person, chance)
        else:
            upload(world, person, chance)
        world.over.wait(SECONDS_BETWEEN * (0.5 + chance.random()))


def upload(world: World, person: Person, chance: random.Random) -> None:
    """Begin a project with a picture or a clip that is like no other."""
    is_clip = chance.random() < 0.5
    name, content = ("clip.gif", clip(chance)) if is_clip else ("picture.png", picture(chance))
    fields = {"matte": "rembg"} if is_clip else {"matte": "rembg", "prompt": "bounce", "frame_count": 6, "size": 128}
    answer = world.ask(person, "POST", "projects/", data=fields, files={"source": (name, content)})
    if answer is not None and answer.status_code == 201:
        project = answer.json()
        world.projects[person] = project["id"]
        world.promises.projects.add(project["id"])
        world.promises.jobs[project["job"]["id"]] = project["id"]


def act_once(world: World, person: Person, chance: random.Random) -> None:
    """Do one of the actions with the person's project."""
    project = world.projects[person]
    (action,) = chance.choices([*ACTIONS], [*ACTIONS.values()])
    if action == "delete":
        delete(world, person, project)
        return
    answer = world.ask(person, "GET", f"projects/{project}/")
    if answer is None or answer.status_code != 200 or action == "look":
        return
    if post := request(f"projects/{project}/", action, answer.json(), chance):
        change(world, person, project, *post)


def delete(world: World, person: Person, project: str) -> None:
    """Delete the project. It may be gone although the answer did not come."""
    world.promises.deleted.add(project)
    answer = world.ask(person, "DELETE", f"projects/{project}/")
    if answer is not None and answer.status_code in (204, 404):
        del world.projects[person]


def change(world: World, person: Person, project: str, path: str, body: dict[str, Any]) -> None:
    """Ask for work or for its end, and note what was promised."""
    if path.endswith("/cancel/"):
        world.promises.cancelled.add(path.split("/")[1])
    answer = world.ask(person, "POST", path, json=body)
    if answer is None or answer.status_code != 202:
        return
    if path.endswith("/exports/"):
        world.promises.exports |= {export["id"]: project for export in answer.json()}
    else:
        world.promises.jobs[answer.json()["id"]] = project


def request(
    path: str, action: str, project: dict[str, Any], chance: random.Random
) -> tuple[str, dict[str, Any]] | None:
    """Return the address and the body of an action; None where the project is not far enough for it."""
    if action == "generate":
        return f"{path}generate/", {"prompt": chance.choice(["spin", "sway", "wobble"])}
    if action == "export":
        return f"{path}exports/", {"platforms": chance.choice([["slack"], ["discord_emoji"], ["gif"]])}
    if action == "cancel":
        job = (project.get("job") or {}).get("id")
        return (f"jobs/{job}/cancel/", {}) if job else None
    frames = [frame for frame in project["frames"] if frame["chosen"]]
    return frame_request(path, action, chance.choice(frames)) if frames else None


def frame_request(path: str, action: str, frame: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the request that makes one frame again."""
    path = f"{path}frames/{frame['index']}/{action}/"
    if action == "retry":
        return path, {"prompt": "higher jump", "candidates": 1}
    return path, {"candidate": frame["chosen"], "tool": "matte", "engine": "rembg"}


def picture(chance: random.Random) -> bytes:
    """Draw a bright picture, which the fake worker takes for a subject."""
    return saved([shade(chance)], "PNG")


def clip(chance: random.Random) -> bytes:
    """Draw a clip whose frames differ."""
    return saved([shade(chance) for _ in range(12)], "GIF")


def shade(chance: random.Random) -> Image.Image:
    low, step = chance.randrange(150, 200), chance.randrange(5, 9)
    drawn = Image.linear_gradient("L").point([low + value // step for value in range(256)]).convert("RGB")
    drawn.putpixel((0, 0), (chance.randrange(256), chance.randrange(256), chance.randrange(256)))
    return drawn


def saved(frames: list[Image.Image], form: str) -> bytes:
    kept = io.BytesIO()
    more: dict[str, Any] = {"save_all": True, "append_images": frames[1:], "duration": 80} if form == "GIF" else {}
    frames[0].save(kept, form, **more)
    return kept.getvalue()
