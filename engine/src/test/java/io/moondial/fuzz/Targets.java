package io.moondial.fuzz;

import io.moondial.admin.AdminTarget;
import io.moondial.channel.wire.WireTarget;
import io.moondial.dialogtest.language.DialogFileTarget;
import io.moondial.edr.report.EdrFileTarget;
import io.moondial.rules.RulesTarget;
import io.moondial.script.LuaTarget;
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
            return new RulesTarget(folder, new Bounded(slack * (6L << 20), slack * 4_000L));
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
            return new AdminTarget(folder, new Bounded(slack * (256L << 10), slack * 2_000L));
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
