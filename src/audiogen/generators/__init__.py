"""Generators: estimators that learn sounds and make new ones."""

from audiogen.generators._base import BaseGenerator
from audiogen.generators._gan import GANGenerator
from audiogen.generators._latents import EncoderMixin, LatentMixin
from audiogen.generators._lstm import LSTMSequencer
from audiogen.generators._mixture import ConditionalGaussianMixture
from audiogen.generators._trained import TrainedGenerator
from audiogen.generators._vae import ConditionalVAE
from audiogen.generators._wavenet import WaveNetAutoencoder

__all__ = [
    "BaseGenerator",
    "ConditionalGaussianMixture",
    "ConditionalVAE",
    "EncoderMixin",
    "GANGenerator",
    "LSTMSequencer",
    "LatentMixin",
    "TrainedGenerator",
    "WaveNetAutoencoder",
]
