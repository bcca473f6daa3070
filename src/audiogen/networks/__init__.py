"""Keras layers and builders: seeds and shapes in, ``keras.Model`` out.

Importing this package imports Keras and its backend; nothing else in audiogen does,
but `audiogen.training`, and only when a network is built.
"""

from audiogen.networks import _start_backend  # before anything that imports Keras
from audiogen.networks._adversarial import AdversarialModel
from audiogen.networks._classifier import NoteClassifierModel, build_classifier
from audiogen.networks._gan import build_gan
from audiogen.networks._groove import DrumByDrum, GrooveModel, build_groove
from audiogen.networks._harmony import HarmonyModel, build_harmony
from audiogen.networks._lstm import FrameSequencer, build_sequencer
from audiogen.networks._melody import MelodyModel, build_melody_model
from audiogen.networks._seeds import Initializers
from audiogen.networks._spectral_loss import spectral_loss
from audiogen.networks._tensorflow import adam_steps, as_graph, in_one_graph
from audiogen.networks._transformer import TransformerModel, build_transformer
from audiogen.networks._vae import VariationalAutoencoder, build_vae
from audiogen.networks._wavenet import WaveNetModel, build_wavenet
from audiogen.networks._weights import assign_layer_weights, layer_weights, to_numpy

keras = _start_backend.keras

__all__ = [
    "AdversarialModel",
    "DrumByDrum",
    "FrameSequencer",
    "GrooveModel",
    "HarmonyModel",
    "Initializers",
    "MelodyModel",
    "NoteClassifierModel",
    "TransformerModel",
    "VariationalAutoencoder",
    "WaveNetModel",
    "adam_steps",
    "as_graph",
    "assign_layer_weights",
    "build_classifier",
    "build_gan",
    "build_groove",
    "build_harmony",
    "build_melody_model",
    "build_sequencer",
    "build_transformer",
    "build_vae",
    "build_wavenet",
    "in_one_graph",
    "layer_weights",
    "spectral_loss",
    "to_numpy",
]
