package io.moondial.network.wire;

import io.moondial.network.DialogDesk;
import io.moondial.network.embedded.MemoryLine;
import io.moondial.network.ss7.TcapLimits;

/** What carries the messages of these tests. */
enum Medium {
    MEMORY {
        @Override
        Line open(DialogDesk desk, TcapLimits limits) {
            return new MemoryLine(desk, limits);
        }
    },
    M3UA {
        @Override
        Line open(DialogDesk desk, TcapLimits limits) {
            return new M3uaLine(desk, limits);
        }
    };

    abstract Line open(DialogDesk desk, TcapLimits limits);
}
