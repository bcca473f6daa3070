"""Generators: estimators that learn sounds and make new ones."""

from audiogen.generators._base import BaseGenerator
from audiogen.generators._conditions import ConditionEncoder
from audiogen.generators._frames import FrameScaling
from audiogen.generators._gan import GANGenerator
from audiogen.generators._groove import GrooveComposer
from audiogen.generators._harmonizer import Harmonizer
from audiogen.generators._harmony_rules import ChordRules
from audiogen.generators._infill import infill_codes
from audiogen.generators._kernel_sequencer import KernelSequencer
from audiogen.generators._latents import EncoderMixin, LatentMixin, conditions_between
from audiogen.generators._lstm import LSTMSequencer
from audiogen.generators._melody import MelodyComposer
from audiogen.generators._mixture import ConditionalGaussianMixture
from audiogen.generators._ngram import NgramSequencer
from audiogen.generators._ranges import clip_conditions
from audiogen.generators._scaling import Scaling
from audiogen.generators._sequence_draw import SequencePredictor
from audiogen.generators._sequencer import BaseSequencer
from audiogen.generators._smoother import ConditionalKernelSmoother
from audiogen.generators._trained import TrainedGenerator
from audiogen.generators._transformer import TransformerSequencer
from audiogen.generators._vae import ConditionalVAE
from audiogen.generators._wavenet import WaveNetAutoencoder

__all__ = [
    "BaseGenerator",
    "BaseSequencer",
    "ChordRules",
    "ConditionEncoder",
    "ConditionalGaussianMixture",
    "ConditionalKernelSmoother",
    "ConditionalVAE",
    "EncoderMixin",
    "FrameScaling",
    "GANGenerator",
    "GrooveComposer",
    "Harmonizer",
    "KernelSequencer",
    "LSTMSequencer",
    "LatentMixin",
    "MelodyComposer",
    "NgramSequencer",
    "Scaling",
    "SequencePredictor",
    "TrainedGenerator",
    "TransformerSequencer",
    "WaveNetAutoencoder",
    "clip_conditions",
    "conditions_between",
    "infill_codes",
]
