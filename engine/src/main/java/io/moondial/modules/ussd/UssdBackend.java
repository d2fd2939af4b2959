package io.moondial.modules.ussd;

import io.moondial.channel.NodeOpener;
import io.moondial.config.Nearest;
import io.moondial.config.Schema;
import io.moondial.script.api.Backend;
import io.moondial.time.Time;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What stands behind {@code ussd.open}: the nodes that the rules name, and how many are busy. */
final class UssdBackend implements Backend<UssdSettings, UssdBackend.Nodes> {
    private static final String MODULE = "ussd";

    /** The nodes. */
    interface Nodes {
        /** What the rules say of them now. */
        UssdSettings settings();

        /** What begins dialogs with them; null: the engine's network. */
        @Nullable NodeOpener through();

        /** One more is open. False: it may not be, there are too many. */
        boolean take();

        /** One less. */
        void giveBack();
    }

    @Override
    public Class<Nodes> type() {
        return Nodes.class;
    }

    @Override
    public Schema<UssdSettings> settings() {
        return Schema.of(UssdSettings.class);
    }

    @Override
    public Nodes start(UssdSettings settings, Time time) {
        return new Live(settings);
    }

    @Override
    public void reload(Nodes running, UssdSettings before, UssdSettings after) {
        ((Live) running).settings = after;
    }

    @Override
    public List<Gauge> gauges(Nodes running) {
        return List.of(new Gauge(MODULE + ".nodes", "open", ((Live) running).open.get(), null));
    }

    @Override
    public StandIn<Nodes> standIn(UssdSettings settings, TestWorld world) {
        return new NodeStandIn(settings, world);
    }

    @Override
    public Optional<Mistake> objection(Line line, String text) {
        return NodeLine.objection(line, text);
    }

    /** What is wrong with the name of a node; empty: nothing. */
    static Optional<String> unknown(UssdSettings settings, String name) {
        return settings.nodes().containsKey(name)
                ? Optional.empty()
                : Optional.of(
                        "the rules name no node '%s' (ussd: nodes)%s"
                                .formatted(
                                        name, Nearest.suggestion(name, settings.nodes().keySet())));
    }

    /** The real ones. */
    private static final class Live implements Nodes {
        private final AtomicInteger open = new AtomicInteger();
        private volatile UssdSettings settings;

        Live(UssdSettings settings) {
            this.settings = settings;
        }

        @Override
        public UssdSettings settings() {
            return settings;
        }

        @Override
        public @Nullable NodeOpener through() {
            return null;
        }

        @Override
        public boolean take() {
            boolean taken = open.incrementAndGet() <= settings.maxOpenInAll();
            if (!taken) {
                giveBack();
            }
            return taken;
        }

        @Override
        public void giveBack() {
            open.decrementAndGet();
        }
    }
}
