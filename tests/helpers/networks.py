"""What tests read of networks."""

import keras


def weights(network):
    return [keras.ops.convert_to_numpy(w).copy() for w in network.trainable_weights]
