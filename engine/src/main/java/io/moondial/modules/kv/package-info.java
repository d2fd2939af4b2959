/**
 * The Lua module {@code kv}: values that outlive a dialog, in a file, in memory, or in Redis. The
 * types of SQLite and of Jedis stay in here.
 */
@NullMarked
package io.moondial.modules.kv;

import org.jspecify.annotations.NullMarked;
