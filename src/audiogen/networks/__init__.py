"""Keras layers and builders: seeds and shapes in, ``keras.Model`` out.

Importing this package imports Keras and its backend; nothing else in audiogen does,
but `audiogen.training`, and only when a network is built.
"""

from audiogen.networks import _quiet  # noqa: F401  before anything that imports Keras
from audiogen.networks._adversarial import AdversarialModel
from audiogen.networks._autoregressive import StepwiseDecoder
from audiogen.networks._convolutional import conv_decoder, conv_encoder
from audiogen.networks._dense import dense_decoder, dense_encoder
from audiogen.networks._gan import build_gan
from audiogen.networks._lstm import FrameSequencer, build_sequencer
from audiogen.networks._seeds import Initializers
from audiogen.networks._spectral_loss import spectral_loss
from audiogen.networks._vae import VariationalAutoencoder, build_vae
from audiogen.networks._wavenet import WaveNetModel, build_wavenet

__all__ = [
    "AdversarialModel",
    "FrameSequencer",
    "Initializers",
    "StepwiseDecoder",
    "VariationalAutoencoder",
    "WaveNetModel",
    "build_gan",
    "build_sequencer",
    "build_vae",
    "build_wavenet",
    "conv_decoder",
    "conv_encoder",
    "dense_decoder",
    "dense_encoder",
    "spectral_loss",
]
