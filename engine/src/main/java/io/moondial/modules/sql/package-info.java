/**
 * The Lua module {@code sql}: databases that the rules name, their pools and limits, and what
 * dialog tests have instead. JDBC is known nowhere else.
 */
@NullMarked
package io.moondial.modules.sql;

import org.jspecify.annotations.NullMarked;
