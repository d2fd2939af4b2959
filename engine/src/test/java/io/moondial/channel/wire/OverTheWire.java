package io.moondial.channel.wire;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests that are the same over every medium; after each, no dialog may be left. */
@ParameterizedClass
@EnumSource(Medium.class)
abstract class OverTheWire {
    static RawPeer peer;

    @BeforeParameterizedClassInvocation
    static void open(Medium medium) {
        peer = new RawPeer(medium);
    }

    @AfterParameterizedClassInvocation
    static void close() {
        peer.close();
    }

    @Parameter Medium medium;

    @AfterEach
    void nothing_is_left() {
        peer.settle();
    }
}
