"""Pipelines that end in a generator, and audio from its samples."""

from audiogen.pipeline._generate import generate
from audiogen.pipeline._make import make_generative_pipeline
from audiogen.pipeline._pipeline import GenerativePipeline

__all__ = ["GenerativePipeline", "generate", "make_generative_pipeline"]
