package io.moondial.channel.wire;

import io.moondial.channel.embedded.MemoryLine;
import io.moondial.channel.ss7.MessageDesk;
import io.moondial.channel.ss7.SignallingLimits;

/** What carries the messages of these tests. */
enum Medium {
    MEMORY {
        @Override
        Line open(MessageDesk desk, SignallingLimits limits) {
            return new MemoryLine(desk, limits);
        }
    },
    M3UA {
        @Override
        Line open(MessageDesk desk, SignallingLimits limits) {
            return new M3uaLine(desk, limits);
        }
    };

    abstract Line open(MessageDesk desk, SignallingLimits limits);
}
