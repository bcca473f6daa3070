"""Generators: estimators that learn sounds and make new ones."""

from audiogen.generators._base import BaseGenerator
from audiogen.generators._conditions import ConditionEncoder
from audiogen.generators._frames import FrameScaling
from audiogen.generators._gan import GANGenerator
from audiogen.generators._latents import EncoderMixin, LatentMixin, conditions_between
from audiogen.generators._lstm import LSTMSequencer
from audiogen.generators._mixture import ConditionalGaussianMixture
from audiogen.generators._scaling import Scaling
from audiogen.generators._trained import TrainedGenerator
from audiogen.generators._vae import ConditionalVAE
from audiogen.generators._wavenet import WaveNetAutoencoder

__all__ = [
    "BaseGenerator",
    "ConditionEncoder",
    "ConditionalGaussianMixture",
    "ConditionalVAE",
    "EncoderMixin",
    "FrameScaling",
    "GANGenerator",
    "LSTMSequencer",
    "LatentMixin",
    "Scaling",
    "TrainedGenerator",
    "WaveNetAutoencoder",
    "conditions_between",
]
