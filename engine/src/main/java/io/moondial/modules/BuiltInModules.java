package io.moondial.modules;

import io.moondial.modules.decimal.DecimalModule;
import io.moondial.modules.edr.EdrModule;
import io.moondial.modules.http.HttpModule;
import io.moondial.modules.json.Json;
import io.moondial.modules.json.JsonModule;
import io.moondial.modules.kv.KvModule;
import io.moondial.modules.log.LogModule;
import io.moondial.modules.menu.MenuModule;
import io.moondial.modules.n2svcd.N2svcdModules;
import io.moondial.modules.push.PushFunctions;
import io.moondial.modules.push.PushModule;
import io.moondial.modules.sql.SqlModule;
import io.moondial.modules.stat.StatModule;
import io.moondial.modules.texts.TextsModule;
import io.moondial.modules.ussd.UssdModule;
import io.moondial.script.api.ApiModule;
import java.util.ArrayList;
import java.util.List;

/**
 * The modules that every script has. This is the only list of them: the names that scripts reach,
 * the names that {@code globals:} may not take, the lint of scripts, the reference page and the
 * dialog tests derive from it.
 */
public final class BuiltInModules {
    private BuiltInModules() {}

    /** The modules, in the order of the reference page. */
    public static List<ApiModule> create() {
        Json json = new Json();
        ApiModule ussd = UssdModule.create(new PushFunctions(json));
        ApiModule log = LogModule.create();
        ApiModule edr = EdrModule.create();
        ApiModule stat = StatModule.create();
        ApiModule kv = KvModule.create(json);
        List<ApiModule> others =
                List.of(
                        log,
                        edr,
                        stat,
                        JsonModule.create(json),
                        DecimalModule.create(),
                        HttpModule.create(json),
                        SqlModule.create(),
                        kv,
                        PushModule.create(json),
                        TextsModule.create(kv));
        List<ApiModule> all = new ArrayList<>();
        all.add(ussd);
        all.add(MenuModule.create(ussd, KvModule.createForEngine(json), others));
        all.addAll(others);
        all.addAll(N2svcdModules.create(ussd, log, edr, stat));
        return List.copyOf(all);
    }
}
