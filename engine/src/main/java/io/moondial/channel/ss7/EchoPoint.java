package io.moondial.channel.ss7;

import io.moondial.text.UssdString;
import java.util.List;
import org.restcomm.protocols.ss7.mtp.Mtp3UserPart;
import org.restcomm.protocols.ss7.sccp.impl.SccpStackImpl;

/**
 * A signalling point of nothing but the stack and a fixed conversation: the ceiling that an engine
 * is measured against.
 */
public final class EchoPoint implements AttachedPoint {
    private final SignallingPlan plan;
    private final GlobalTitleTranslation translation;
    private final LowerLayers layers;
    private final EchoMapProvider map;

    /**
     * A point of this plan above this user part, which is started by the caller.
     *
     * @param menus what every dialog is asked, in turn
     * @param last what it is told in the end
     */
    public EchoPoint(
            SignallingPlan plan, Mtp3UserPart userPart, List<UssdString> menus, UssdString last) {
        this.plan = plan;
        translation = new GlobalTitleTranslation(plan);
        layers =
                new LowerLayers(
                        plan, new SccpStackImpl(plan.name(), translation.asExtension()), userPart);
        map = new EchoMapProvider(plan.name(), layers.tcap().getProvider(), menus, last);
    }

    /** Starts every layer. */
    public void start() {
        try {
            layers.start();
            map.start();
        } catch (Exception e) {
            throw new IllegalStateException("the echo " + plan.name() + " cannot start", e);
        }
    }

    @Override
    public boolean reaches(int pointCode) {
        return translation.reaches(pointCode);
    }

    @Override
    public void close() {
        layers.close(map::stop);
    }
}
