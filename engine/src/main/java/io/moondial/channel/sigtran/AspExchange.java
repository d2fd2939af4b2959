package io.moondial.channel.sigtran;

import io.moondial.channel.sigtran.SigtranSettings.ApplicationServer;
import io.moondial.channel.sigtran.SigtranSettings.Mode;
import io.moondial.channel.sigtran.SigtranSettings.TrafficMode;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.restcomm.protocols.ss7.m3ua.Asp;
import org.restcomm.protocols.ss7.m3ua.impl.AsImpl;
import org.restcomm.protocols.ss7.m3ua.impl.AsState;
import org.restcomm.protocols.ss7.m3ua.impl.AspFactoryImpl;
import org.restcomm.protocols.ss7.m3ua.impl.AspImpl;
import org.restcomm.protocols.ss7.m3ua.impl.AspState;
import org.restcomm.protocols.ss7.m3ua.impl.TransitionState;
import org.restcomm.protocols.ss7.m3ua.impl.fsm.FSM;
import org.restcomm.protocols.ss7.m3ua.impl.fsm.UnknownTransitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the state of our processes at the end of a link is agreed upon with the far end. */
interface AspExchange {
    /** There is a connection. */
    void up();

    /** It is gone. */
    void down();

    /**
     * A message without fault has come.
     *
     * @return whether that is all; else the layer above is to have it
     */
    boolean takes(ByteBuf message);

    /** Whether a message of this kind is sent that the layer above wants to send. */
    boolean sends(int kind);

    /** The layer's list of processes, which is none that streams can read. */
    static List<AspImpl> processes(List<Asp> ofLayer) {
        List<AspImpl> processes = new ArrayList<>();
        for (Asp asp : ofLayer) {
            processes.add((AspImpl) asp);
        }
        return processes;
    }

    /**
     * The exchanges of RFC 4666 4.3.4 in which the far end asks us for traffic. The layer above
     * answers what fits the state of the far end's processes; the rest stops here.
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
            // The far end asks again.
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

    /**
     * The exchanges of RFC 4666 4.3.4 in which we ask for traffic. The M3UA layer keeps the states.
     * What changes them, and what is then sent, is decided here, because the layer itself knows
     * only the normal case. All on the loop's thread.
     */
    final class AskingAsp implements AspExchange {
        private static final Logger log = LoggerFactory.getLogger(AskingAsp.class);

        /** Transitions that the layer lacks; {@link #prepare} adds them. */
        private static final String STAND_BY = "standby";

        private static final String FALL = "fall";

        /** Status types and information of NTFY (RFC 4666 3.8.2). */
        private static final int AS_INACTIVE = 0x0001_0002;

        private static final int AS_ACTIVE = 0x0001_0003;
        private static final int AS_PENDING = 0x0001_0004;
        private static final int INSUFFICIENT_ASPS = 0x0002_0001;
        private static final int ALTERNATE_ASP_ACTIVE = 0x0002_0002;

        /** Codes of ERROR that say that we are not what we think (RFC 4666 3.8.1). */
        private static final int UNEXPECTED_MESSAGE = 0x06;

        private static final int MANAGEMENT_BLOCKING = 0x0d;

        private final Link link;
        private final AspFactoryImpl layer;
        private final List<ApplicationServer> servers;
        private final Duration ackTimeout;
        private List<AspImpl> asps = List.of();
        private @Nullable ScheduledFuture<?> repetition;

        /** Whether the far end has taken traffic from us within the last T(ack). */
        private boolean patient;

        /**
         * An exchange over a link.
         *
         * @param layer the processes of this link in the layer above
         * @param servers those that the link serves
         * @param ackTimeout T(ack)
         */
        AskingAsp(
                Link link,
                AspFactoryImpl layer,
                List<ApplicationServer> servers,
                Duration ackTimeout) {
            this.link = link;
            this.layer = layer;
            this.servers = servers;
            this.ackTimeout = ackTimeout;
        }

        /** Adds to a process of the layer's what its state machine lacks. */
        static void prepare(AspImpl asp) {
            FSM states = asp.getLocalFSM();
            if (states == null) {
                return; // its far end asks
            }
            for (AspState from :
                    List.of(AspState.INACTIVE, AspState.ACTIVE_SENT, AspState.ACTIVE)) {
                states.createTransition(FALL, from.toString(), AspState.UP_SENT.toString());
            }
            states.createTransition(
                    STAND_BY, AspState.ACTIVE_SENT.toString(), AspState.INACTIVE.toString());
            states.createTransition(
                    STAND_BY, AspState.ACTIVE.toString(), AspState.INACTIVE.toString());
            // ASPUP is repeated by us.
            states.createTimeoutTransition(
                    AspState.UP_SENT.toString(), AspState.UP_SENT.toString(), 0);
        }

        @Override
        public void up() {
            patient = false;
            asps = AspExchange.processes(layer.getAspList());
            askToBeUp();
        }

        @Override
        public void down() {
            if (repetition != null) {
                repetition.cancel(false);
                repetition = null;
            }
        }

        /** ASPUP of the layer's is not sent: it names us as it likes, and comes too often. */
        @Override
        public boolean sends(int kind) {
            if (kind == M3uaMessage.ASPAC) {
                link.watchActivation();
                awaitAcknowledgement();
                return !patient;
            }
            return kind != M3uaMessage.ASPUP;
        }

        @Override
        public boolean takes(ByteBuf message) {
            if (!layer.getStatus()) {
                return false; // stopping: the layer takes leave by itself
            }
            int kind = M3uaMessage.kind(message);
            switch (kind) {
                case M3uaMessage.ASPUP_ACK -> {
                    link.greeted();
                    if (anyActive()) {
                        link.refuse(message);
                    }
                    asps.forEach(this::upAcknowledged);
                }
                case M3uaMessage.ASPDN_ACK -> downAcknowledged();
                case M3uaMessage.ASPAC_ACK -> concerned(message, this::activeAcknowledged);
                case M3uaMessage.ASPIA_ACK -> concerned(message, this::inactiveAcknowledged);
                case M3uaMessage.NOTIFY -> {
                    int status = M3uaMessage.status(message);
                    concerned(message, asp -> notified(asp, status));
                }
                case M3uaMessage.ERROR -> error(message);
                case M3uaMessage.ASPUP, M3uaMessage.ASPDN, M3uaMessage.ASPAC, M3uaMessage.ASPIA ->
                        link.refuse(message);
                case M3uaMessage.BEAT, M3uaMessage.BEAT_ACK -> {
                    return false;
                }
                default -> {
                    return takesTraffic(kind, message);
                }
            }
            return true;
        }

        /** DATA, and what the far end says of other points. */
        private boolean takesTraffic(int kind, ByteBuf message) {
            if (!anyActive()) {
                link.unexpected(kind);
                return true;
            }
            return kind != M3uaMessage.DATA && takesManagement(kind, message);
        }

        private boolean anyActive() {
            for (AspImpl asp : asps) {
                if (is(asp, AspState.ACTIVE)) {
                    return true;
                }
            }
            return false;
        }

        /** What concerns congestion and users of other points is the layer's. */
        private boolean takesManagement(int kind, ByteBuf message) {
            if (kind == M3uaMessage.SCON) {
                affected(message).forEach(link::congested);
                return false;
            }
            boolean reachable = kind == M3uaMessage.DAVA || kind == M3uaMessage.DRST;
            if (servers.getFirst().mode() != Mode.ASP || (!reachable && kind != M3uaMessage.DUNA)) {
                return false;
            }
            affected(message).forEach(pointCode -> link.told(pointCode, kind));
            return true;
        }

        /** The points of our application servers that such a message is about. */
        private Stream<Integer> affected(ByteBuf message) {
            return servers.stream()
                    .filter(server -> M3uaMessage.concerns(message, server.routingContext()))
                    .flatMap(server -> server.pointCodes().stream())
                    .distinct()
                    .filter(pointCode -> M3uaMessage.affects(message, pointCode));
        }

        // ---- what the far end acknowledges

        private void upAcknowledged(AspImpl asp) {
            if (is(asp, AspState.UP_SENT)) {
                move(asp, TransitionState.ASP_INACTIVE);
                if (!standsBy(asp)) {
                    move(asp, TransitionState.ASP_ACTIVE_SENT);
                    sendAspActive(asp);
                    awaitAcknowledgement();
                }
                if (isIpsp(asp) && asIs(asp, AsState.DOWN)) {
                    moveServer(asp, TransitionState.AS_STATE_CHANGE_INACTIVE);
                }
            } else if (is(asp, AspState.ACTIVE)) {
                withdrawn(asp, "ASPUP ACK, which was not asked for");
            }
        }

        private void downAcknowledged() {
            for (AspImpl asp : asps) {
                if (!is(asp, AspState.UP_SENT)) {
                    fallen(asp, "ASPDN ACK, which was not asked for");
                }
            }
        }

        private void activeAcknowledged(AspImpl asp) {
            if (is(asp, AspState.INACTIVE)) {
                move(asp, TransitionState.ASP_ACTIVE_SENT);
            }
            if (is(asp, AspState.ACTIVE_SENT)) {
                move(asp, TransitionState.ASP_ACTIVE_ACK);
                if (isIpsp(asp)) {
                    moveServer(asp, TransitionState.AS_STATE_CHANGE_ACTIVE); // no NTFY will say so
                }
            }
        }

        private void inactiveAcknowledged(AspImpl asp) {
            if (is(asp, AspState.ACTIVE)) {
                withdrawn(asp, "ASPIA ACK, which was not asked for");
            }
        }

        // ---- what it says about itself

        private void notified(AspImpl asp, int status) {
            if (is(asp, AspState.UP_SENT)) {
                return; // it has not said yet that it knows us
            }
            switch (status) {
                case AS_ACTIVE -> moveServer(asp, TransitionState.AS_STATE_CHANGE_ACTIVE);
                case AS_INACTIVE -> {
                    if (asIs(asp, AsState.DOWN)) {
                        moveServer(asp, TransitionState.AS_STATE_CHANGE_INACTIVE);
                    }
                    nobodyActive(asp, "NTFY AS-INACTIVE");
                }
                case AS_PENDING -> nobodyActive(asp, "NTFY AS-PENDING");
                case INSUFFICIENT_ASPS -> {
                    if (is(asp, AspState.INACTIVE)) {
                        askForTraffic(asp);
                    }
                }
                case ALTERNATE_ASP_ACTIVE -> {
                    if (is(asp, AspState.ACTIVE) || is(asp, AspState.ACTIVE_SENT)) {
                        move(asp, STAND_BY);
                        link.board().standsBy(asp.getAs().getName(), asp.getName());
                    }
                }
                default ->
                        log.debug(
                                "association {}: NTFY with status {}",
                                link.getName(),
                                Integer.toHexString(status));
            }
        }

        /** To the far end no process is active: ours neither. */
        private void nobodyActive(AspImpl asp, String why) {
            if (is(asp, AspState.ACTIVE)) {
                withdrawn(asp, why);
            } else if (others(asp).noneMatch(it -> is(it, AspState.ACTIVE_SENT))) {
                if (asIs(asp, AsState.ACTIVE)) {
                    moveServer(
                            asp, TransitionState.AS_STATE_CHANGE_PENDING); // who stands by asks now
                }
                if (is(asp, AspState.INACTIVE)) {
                    askForTraffic(asp);
                }
            }
        }

        private void error(ByteBuf error) {
            int code = M3uaMessage.errorCode(error);
            link.tellOfError(code);
            boolean ofData = M3uaMessage.kindInError(error) == M3uaMessage.DATA;
            if (code == MANAGEMENT_BLOCKING || (code == UNEXPECTED_MESSAGE && ofData)) {
                concerned(
                        error,
                        asp -> {
                            if (is(asp, AspState.ACTIVE)) {
                                fallen(asp, "ERROR 0x%02x".formatted(code));
                            }
                        });
            }
        }

        // ---- what follows

        /** Active, it is inactive to the far end: it asks to be active again (4.3.4.4). */
        private void withdrawn(AspImpl asp, String why) {
            link.board().lostTraffic(asp.getAs().getName(), asp.getName(), why);
            move(asp, STAND_BY);
            if (asIs(asp, AsState.ACTIVE)) {
                moveServer(asp, TransitionState.ASP_DOWN); // where no other is active: and it asks
            }
            if (is(asp, AspState.INACTIVE)) {
                askForTraffic(asp);
            }
            patient = true;
        }

        /** It is down to the far end: it asks to be up, and active, again (4.3.4.2). */
        private void fallen(AspImpl asp, String why) {
            link.board().lostTraffic(asp.getAs().getName(), asp.getName(), why);
            move(asp, FALL);
            moveServer(asp, TransitionState.ASP_DOWN);
            askToBeUp();
            patient = true;
        }

        private void askToBeUp() {
            if (!patient) {
                link.tell(M3uaMessage.aspUp(link.settings.aspIdentifier()));
            }
            awaitAcknowledgement();
        }

        private void askForTraffic(AspImpl asp) {
            move(asp, TransitionState.ASP_ACTIVE_SENT);
            link.watchActivation();
            if (!patient) {
                sendAspActive(asp);
            }
            awaitAcknowledgement();
        }

        private void sendAspActive(AspImpl asp) {
            ApplicationServer server = server(asp);
            link.tell(M3uaMessage.aspActive(server.routingContext(), server.trafficMode()));
        }

        private void awaitAcknowledgement() {
            down();
            repetition =
                    link.loop()
                            .schedule(this::askAgain, ackTimeout.toMillis(), TimeUnit.MILLISECONDS);
        }

        private void askAgain() {
            repetition = null;
            patient = false;
            if (asps.stream().anyMatch(asp -> is(asp, AspState.UP_SENT))) {
                askToBeUp();
            }
            asps.stream()
                    .filter(asp -> is(asp, AspState.ACTIVE_SENT))
                    .forEach(
                            asp -> {
                                sendAspActive(asp);
                                awaitAcknowledgement();
                            });
        }

        // ---- the layer's processes and their states

        private void concerned(ByteBuf message, Consumer<AspImpl> what) {
            asps.stream()
                    .filter(asp -> M3uaMessage.concerns(message, server(asp).routingContext()))
                    .forEach(what);
        }

        private ApplicationServer server(AspImpl asp) {
            return servers.stream()
                    .filter(it -> it.name().equals(asp.getAs().getName()))
                    .findFirst()
                    .orElseThrow();
        }

        private static Stream<AspImpl> others(AspImpl asp) {
            return AspExchange.processes(asp.getAs().getAspList()).stream()
                    .filter(it -> !it.equals(asp));
        }

        /** Under override another one carries the traffic, or is about to. */
        private boolean standsBy(AspImpl asp) {
            return server(asp).trafficMode() == TrafficMode.OVERRIDE
                    && others(asp)
                            .anyMatch(
                                    it -> is(it, AspState.ACTIVE) || is(it, AspState.ACTIVE_SENT));
        }

        private boolean isIpsp(AspImpl asp) {
            return server(asp).mode() == Mode.IPSP_CLIENT;
        }

        private static boolean is(AspImpl asp, AspState state) {
            return asp.getLocalFSM().getState().getName().equals(state.toString());
        }

        private static boolean asIs(AspImpl asp, AsState state) {
            return states(asp).getState().getName().equals(state.toString());
        }

        private static FSM states(AspImpl asp) {
            return ((AsImpl) asp.getAs()).getPeerFSM();
        }

        private static void move(AspImpl asp, String transition) {
            signal(asp.getLocalFSM(), transition);
        }

        private static void moveServer(AspImpl asp, String transition) {
            states(asp).setAttribute(AsImpl.ATTRIBUTE_ASP, asp);
            signal(states(asp), transition);
        }

        private static void signal(FSM states, String transition) {
            try {
                states.signal(transition);
            } catch (UnknownTransitionException e) {
                log.debug("{} has no effect in {}", transition, states);
            }
        }
    }
}
