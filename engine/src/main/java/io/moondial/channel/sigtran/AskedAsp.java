package io.moondial.channel.sigtran;

import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.restcomm.protocols.ss7.m3ua.impl.AspFactoryImpl;
import org.restcomm.protocols.ss7.m3ua.impl.AspImpl;
import org.restcomm.protocols.ss7.m3ua.impl.AspState;

/**
 * The exchanges of RFC 4666 4.3.4 where the far end asks us for traffic. The layer above answers
 * what fits the state of the far end's processes; the rest stops here.
 */
final class AskedAsp implements AspExchange {
    private final Link link;
    private final @Nullable AspFactoryImpl layer;
    private List<AspImpl> asps = List.of();

    AskedAsp(Link link, @Nullable AspFactoryImpl layer) {
        this.link = link;
        this.layer = layer;
    }

    @Override
    public void up() {
        if (layer != null) {
            asps = AspExchange.processes(layer.getAspList());
        }
    }

    @Override
    public void down() {
        // It asks again by itself.
    }

    @Override
    public boolean sends(int kind) {
        return true;
    }

    @Override
    public boolean takes(ByteBuf message) {
        int kind = M3uaMessage.kind(message);
        switch (kind) {
            case M3uaMessage.ASPUP -> {
                link.greeted();
                return false;
            }
            case M3uaMessage.ASPDN, M3uaMessage.BEAT, M3uaMessage.BEAT_ACK -> {
                return false;
            }
            case M3uaMessage.ERROR -> {
                link.tellOfError(M3uaMessage.errorCode(message));
                return true;
            }
            case M3uaMessage.ASPAC, M3uaMessage.ASPIA -> {
                if (asps.stream().noneMatch(asp -> is(asp, AspState.DOWN))) {
                    return false;
                }
                link.refuse(message);
            }
            case M3uaMessage.DATA -> {
                if (anyActive()) {
                    return false;
                }
                link.unexpected(kind);
            }
            default -> link.refuse(message);
        }
        return true;
    }

    private boolean anyActive() {
        for (AspImpl asp : asps) {
            if (is(asp, AspState.ACTIVE)) {
                return true;
            }
        }
        return false;
    }

    private static boolean is(AspImpl asp, AspState state) {
        return asp.getPeerFSM().getState().getName().equals(state.toString());
    }
}
