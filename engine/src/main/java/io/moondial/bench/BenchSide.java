package io.moondial.bench;

import io.moondial.Configuration;
import io.moondial.ConfigurationException;
import io.moondial.Engine;
import io.moondial.Rules;
import io.moondial.bench.echo.Echo;
import io.moondial.channel.sigtran.SigtranPoint;
import io.moondial.channel.ss7.SignallingLimits;
import io.moondial.text.UssdString;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/**
 * What the other process of a bench runs: the engine or the echo, at the end of the link. It says
 * where it listens, then answers questions, a line each, until its input ends.
 */
public final class BenchSide {
    static final String READY = "ready ";
    static final String HEAP = "heap";

    private final BufferedReader in;
    private final PrintStream out;

    public BenchSide(BufferedReader in, PrintStream out) {
        this.in = in;
        this.out = out;
    }

    /** Runs the engine with these rules, its network replaced by the bench's link. */
    public void engine(Path rules, Path edrs, int maxDialogs)
            throws ConfigurationException, IOException {
        Rules.Network network =
                new Rules.Network(null, BenchLink.engine(), SignallingLimits.of(maxDialogs));
        Configuration configuration = Configuration.read(rules).withEdrsIn(edrs).on(network);
        try (Engine engine = new Engine(configuration)) {
            engine.start();
            answer(BenchLink.address(engine.links()));
        }
    }

    /** Runs the echo. */
    public void echo(List<UssdString> menus, UssdString last, int maxDialogs) throws IOException {
        SignallingLimits limits = SignallingLimits.of(maxDialogs);
        try (SigtranPoint<Echo> echo = Echo.overM3ua(BenchLink.engine(), limits, menus, last)) {
            echo.start(Echo::start);
            answer(BenchLink.address(echo.links()));
        }
    }

    private void answer(String address) throws IOException {
        out.println(READY + address);
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.equals(HEAP)) {
                out.println(ThisProcess.liveHeap());
            } else {
                throw new IOException("not understood: " + line);
            }
        }
    }
}
