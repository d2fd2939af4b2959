package io.moondial.fuzz;

import java.nio.file.Files;
import java.util.Locale;

/** What the search calls: the target of its first argument, made anew after each finding. */
public final class Fuzz {
    /** What watches the code allocates too. */
    private static final int SLACK = 4;

    private static Targets kind = Targets.WIRE;
    private static FuzzTarget target;

    private Fuzz() {}

    /** Called once, first. */
    public static void fuzzerInitialize(String[] arguments) throws Exception {
        kind = Targets.valueOf(arguments[0].toUpperCase(Locale.ROOT));
        target = make();
    }

    /** Called with each input. */
    public static void fuzzerTestOneInput(byte[] input) throws Exception {
        if (target == null) {
            target = make();
        }
        try {
            target.accept(input);
        } catch (Throwable finding) {
            target.close();
            target = null;
            throw finding;
        }
    }

    private static FuzzTarget make() throws Exception {
        return kind.make(Files.createTempDirectory("fuzz"), SLACK);
    }
}
