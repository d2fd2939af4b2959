package io.starhash.fuzz;

import io.starhash.control.ControlTarget;
import io.starhash.dialogtest.language.DialogFileTarget;
import io.starhash.edr.report.EdrFileTarget;
import io.starhash.network.wire.WireTarget;
import io.starhash.rules.RulesTarget;
import io.starhash.script.LuaTarget;
import java.nio.file.Path;
import java.util.Locale;

/** Everything that is fuzzed. */
public enum Targets {
    WIRE {
        @Override
        FuzzTarget make(Path folder, int slack) throws Exception {
            return new WireTarget(folder, slack * WireTarget.MAX_ALLOCATION);
        }
    },
    DIALOG {
        @Override
        FuzzTarget make(Path folder, int slack) {
            return new DialogFileTarget(folder, new Bounded(slack * (256L << 10), slack * 2_000L));
        }
    },
    RULES {
        @Override
        FuzzTarget make(Path folder, int slack) throws Exception {
            return new RulesTarget(folder, new Bounded(slack * (1L << 20), slack * 4_000L));
        }
    },
    EDR {
        @Override
        FuzzTarget make(Path folder, int slack) {
            return new EdrFileTarget(folder, new Bounded(slack * (1L << 20), slack * 2_000L));
        }
    },
    LUA {
        @Override
        FuzzTarget make(Path folder, int slack) {
            return new LuaTarget(folder, new Bounded(slack * (4L << 20), slack * 4_000L));
        }
    },
    CONTROL {
        @Override
        FuzzTarget make(Path folder, int slack) throws Exception {
            return new ControlTarget(folder, new Bounded(slack * (256L << 10), slack * 2_000L));
        }
    };

    /**
     * A target that is fresh.
     *
     * @param folder empty, and its own
     * @param slack how many times more may be allocated than else, where the code is instrumented
     */
    abstract FuzzTarget make(Path folder, int slack) throws Exception;

    /** As its corpus is named. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
