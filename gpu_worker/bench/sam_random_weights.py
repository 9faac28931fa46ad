"""Checkpoints of SAM 2.1 with random weights: they run as long as the trained ones, where those are missing.

For the benchmark and the tests; a service never loads one. Imported only where torch is installed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import torch
from transformers import (
    Sam2HieraDetConfig,
    Sam2VideoConfig,
    Sam2VideoModel,
    Sam2VisionConfig,
)

WIDTH: Final = 128
"""Memory's width is 64 in the library's own code, and the network must be wider than its memory."""


def published_config() -> Any:
    """Return the configuration of `facebook/sam2.1-hiera-tiny`: 38.9 M weights, images of 1024²."""
    return Sam2VideoConfig()


def small_config(side: int = 128) -> Any:
    """Return a configuration of the same classes: a million weights, images of `side`², a multiple of 32."""
    quarter = side // 4
    backbone = Sam2HieraDetConfig(
        image_size=[side, side],
        hidden_size=8,
        blocks_per_stage=[1, 1, 2, 1],
        embed_dim_per_stage=[8, 16, 32, 64],
        num_attention_heads_per_stage=[1, 1, 2, 2],
        window_size_per_stage=[4, 4, 4, 4],
        global_attention_blocks=[3],
    )
    vision = Sam2VisionConfig(
        backbone_config=backbone,
        backbone_channel_list=[64, 32, 16, 8],
        backbone_feature_sizes=[[quarter, quarter], [quarter // 2, quarter // 2], [quarter // 4, quarter // 4]],
        fpn_hidden_size=WIDTH,
    )
    decoder = {"hidden_size": WIDTH, "mlp_dim": 64, "num_attention_heads": 2, "iou_head_hidden_dim": 32}
    return Sam2VideoConfig(
        vision_config=vision,
        prompt_encoder_config={"hidden_size": WIDTH, "image_size": side},
        mask_decoder_config=decoder,
        image_size=side,
        memory_attention_hidden_size=WIDTH,
        memory_attention_num_layers=1,
        memory_attention_feed_forward_hidden_size=64,
        memory_attention_rope_feat_sizes=[quarter // 4, quarter // 4],
        memory_encoder_hidden_size=WIDTH,
        memory_encoder_output_channels=64,
        mask_downsampler_embed_dim=WIDTH,
        memory_fuser_embed_dim=WIDTH,
        memory_fuser_intermediate_dim=64,
    )


def save(folder: Path, config: Any) -> Path:
    """Write a checkpoint in the hub's layout.

    The weights are always the same, and large enough for masks to have an inside and an outside.
    """
    torch.manual_seed(7)
    model = Sam2VideoModel(config)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.dim() > 1 and "layer_norm" not in name:
                weight.normal_(0, 1.5 / weight[0].numel() ** 0.5)
    model.save_pretrained(str(folder))
    return folder
