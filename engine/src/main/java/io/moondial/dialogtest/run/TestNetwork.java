package io.moondial.dialogtest.run;

import io.moondial.Configuration;
import io.moondial.channel.DialogDesk;
import io.moondial.channel.DialogLink;
import io.moondial.channel.Opening;
import io.moondial.channel.embedded.EmbeddedNetwork;
import io.moondial.channel.ss7.FarSide;
import io.moondial.channel.ss7.SignallingLimits;
import io.moondial.dialogtest.language.DialogTest.Given;
import io.moondial.metrics.Counters;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where one test after another is played: a network that stays, and for each test an engine of its
 * own. Confined to one thread.
 */
final class TestNetwork implements AutoCloseable {
    private static final int MAX_DIALOGS = 10_000;

    private final Configuration configuration;
    private final VirtualTime.Rest rest = new VirtualTime.Rest();
    private final TestEngine.LogLines log = new TestEngine.LogLines();
    private final Board board = new Board();
    private final EmbeddedNetwork network;
    private final Map<Map<String, Object>, Configuration> changed = new HashMap<>();

    TestNetwork(Configuration configuration) {
        this.configuration = configuration;
        List<Integer> ssns = configuration.rules().network().ssns();
        network = new EmbeddedNetwork(ssns, SignallingLimits.of(MAX_DIALOGS), rest, new Counters());
        network.start(board);
    }

    /**
     * A new engine; what is dialled from now on arrives there.
     *
     * @param folder what names in givens are relative to
     */
    TestEngine engine(Given given, Path folder) {
        Configuration own =
                changed.computeIfAbsent(given.values(), it -> Globals.with(configuration, given));
        // Services remember, such as which scripts are switched off: each engine has new ones.
        TestEngine engine =
                new TestEngine(own.rules(), own.services(), given, folder, network, rest, log);
        board.desk = engine.desk();
        return engine;
    }

    FarSide handsets() {
        return network;
    }

    VirtualTime.Rest rest() {
        return rest;
    }

    @Override
    public void close() {
        network.close();
    }

    /** Hands everything to the desk of the moment. */
    private static final class Board implements DialogDesk {
        private volatile @Nullable DialogDesk desk;

        @Override
        public DialogLink.Receiver begun(Opening opening, DialogLink link) {
            return now().begun(opening, link);
        }

        @Override
        public void refused(Refusal refusal) {
            now().refused(refusal);
        }

        private DialogDesk now() {
            DialogDesk present = desk;
            if (present == null) {
                throw new IllegalStateException("a dialog began before any test");
            }
            return present;
        }
    }
}
