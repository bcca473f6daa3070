"""Pipelines that end in a generator, and audio from its samples."""

from audiogen.pipeline._generate import generate
from audiogen.pipeline._inverse import inverse_transform_steps, split_steps
from audiogen.pipeline._make_pipeline import make_generative_pipeline
from audiogen.pipeline._pipeline import GenerativePipeline
from audiogen.pipeline._recordings import inpaint
from audiogen.pipeline._sample_rate import sample_rate_of

__all__ = [
    "GenerativePipeline",
    "generate",
    "inpaint",
    "inverse_transform_steps",
    "make_generative_pipeline",
    "sample_rate_of",
    "split_steps",
]
