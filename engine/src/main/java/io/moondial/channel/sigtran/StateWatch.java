package io.moondial.channel.sigtran;

import java.util.Locale;
import java.util.function.Consumer;
import org.restcomm.protocols.ss7.m3ua.As;
import org.restcomm.protocols.ss7.m3ua.Asp;
import org.restcomm.protocols.ss7.m3ua.AspFactory;
import org.restcomm.protocols.ss7.m3ua.M3UAManagementEventListener;
import org.restcomm.protocols.ss7.m3ua.State;

/**
 * Hands the state changes of the M3UA layer to the board; what it says of its setting up is ours.
 */
final class StateWatch implements M3UAManagementEventListener {
    private final LinkBoard board;
    private final Consumer<String> active;

    /**
     * @param active takes the name of an application server that is active again
     */
    StateWatch(LinkBoard board, Consumer<String> active) {
        this.board = board;
        this.active = active;
    }

    private void asp(Asp asp) {
        board.asp(asp.getAs().getName(), asp.getName(), word(asp.getState()));
    }

    private void as(As as) {
        board.applicationServer(as.getName(), word(as.getState()));
    }

    private static String word(State state) {
        return state.getName().toLowerCase(Locale.ROOT);
    }

    @Override
    public void onAspActive(Asp asp, State before) {
        asp(asp);
    }

    @Override
    public void onAspInactive(Asp asp, State before) {
        asp(asp);
    }

    @Override
    public void onAspDown(Asp asp, State before) {
        asp(asp);
    }

    @Override
    public void onAsActive(As as, State before) {
        as(as);
        active.accept(as.getName());
    }

    @Override
    public void onAsPending(As as, State before) {
        as(as);
    }

    @Override
    public void onAsInactive(As as, State before) {
        as(as);
    }

    @Override
    public void onAsDown(As as, State before) {
        as(as);
    }

    @Override
    public void onServiceStarted() {}

    @Override
    public void onServiceStopped() {}

    @Override
    public void onRemoveAllResources() {}

    @Override
    public void onAsCreated(As as) {}

    @Override
    public void onAsDestroyed(As as) {}

    @Override
    public void onAspFactoryCreated(AspFactory factory) {}

    @Override
    public void onAspFactoryDestroyed(AspFactory factory) {}

    @Override
    public void onAspAssignedToAs(As as, Asp asp) {}

    @Override
    public void onAspUnassignedFromAs(As as, Asp asp) {}

    @Override
    public void onAspFactoryStarted(AspFactory factory) {}

    @Override
    public void onAspFactoryStopped(AspFactory factory) {}
}
