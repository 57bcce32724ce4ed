"""Settings that several heads share."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from unitrack.propagation.config import AffinityNorm, PropagationConfig
from unitrack.settings import said

__all__ = ["PropagationSettings", "propagation_config"]


class PropagationSettings(BaseModel):
    """Propagation of labels: which frames are remembered, and how a cell looks back at them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    recent_frames: int = Field(
        default=5,
        ge=0,
        description="frames remembered beside the annotated ones",
        json_schema_extra=said("frames"),
    )
    memory_dedup: bool = Field(
        default=False,
        description="take each remembered frame once; off, the first frame counts again for each "
        "recent frame that is not there yet",
        json_schema_extra=said("", 5, "the paper says: the first frame and the latest"),
    )
    top_k: int = Field(
        default=10,
        ge=1,
        description="most similar cells in memory whose labels are averaged",
        json_schema_extra=said("cells"),
    )
    temperature: float = Field(
        default=0.05,
        gt=0,
        description="divides the cosines before the softmax",
        json_schema_extra=said(),
    )
    radius: float = Field(
        default=12.0,
        gt=0,
        description="cells in recent frames take part that are nearer than this",
        json_schema_extra=said("cells"),
    )
    radius_long_term: bool = Field(
        default=False,
        description="the radius holds in annotated frames as well",
        json_schema_extra=said("", 7, "the paper restricts all frames"),
    )
    affinity_norm: AffinityNorm = Field(
        default="sources",
        description="the weights of a target sum to 1 over its chosen sources, or those of a "
        "source over all targets, before the choice",
        json_schema_extra=said("", 6, "equation 1 of the paper has targets, its appendix sources"),
    )


def propagation_config(settings: PropagationSettings) -> PropagationConfig:
    """The same for the core."""
    return PropagationConfig(
        recent_frames=settings.recent_frames,
        temperature=settings.temperature,
        top_k=settings.top_k,
        radius_cells=settings.radius,
        radius_long_term=settings.radius_long_term,
        memory_dedup=settings.memory_dedup,
        affinity_norm=settings.affinity_norm,
    )
