package io.moondial.channel.sigtran;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Why a connection ended: the first reason that anybody gave. */
final class CloseReason {
    private static final AttributeKey<CloseReason> KEY =
            AttributeKey.valueOf(CloseReason.class, "why");

    private volatile @Nullable String reason;

    static CloseReason of(Channel channel) {
        CloseReason fresh = new CloseReason();
        CloseReason known = channel.attr(KEY).setIfAbsent(fresh);
        return known == null ? fresh : known;
    }

    /** Ends a connection. */
    static void end(Channel channel, String why) {
        of(channel).because(why);
        Faults.logged(channel.close());
    }

    void because(String why) {
        if (reason == null) {
            reason = why;
        }
    }

    void because(Throwable why) {
        because(Objects.requireNonNullElse(why.getMessage(), why.toString()));
    }

    String reason() {
        String known = reason;
        return known == null ? "closed by the far end" : known;
    }
}
