"""The words of SQL that change a statement, by what they do in it; all in lower case."""

from __future__ import annotations


def words_of(text: str) -> frozenset[str]:
    """The words of a text between its blanks."""
    return frozenset(text.split())


BOOLEAN = words_of("and or xor && || where having on when qualify")
"""What begins a new condition."""

COMPARE = words_of(
    "= == <> != < > <= >= <=> !< !> !~ ~* !~* @> <@ ? like rlike ilike regexp is in between glob "
    "match sounds similar contains overlaps member"
)
ARITHMETIC = words_of(
    "+ - * / % ^ & | << >> ** :: -> ->> := div mod collate escape from for as using separator at"
)
"""Between two operands; the words from ``from`` on only inside a call."""
CALL_ONLY = words_of("from for as using separator at")

TRUTHS = words_of("null true false unknown not distinct json nan infinite of")
UNARY = words_of(
    "+ - ~ ! not binary distinct distinctrow all any some exists interval prior row array unique "
    "top sql_no_cache sql_calc_found_rows straight_join high_priority both leading trailing only "
    "lateral recursive"
)
CONSTANT = words_of(
    "null true false current_date current_time current_timestamp sysdate rownum "
    "localtime localtimestamp"
)
CLAUSE = words_of(
    "from group order limit offset into procedure as fetch for union intersect except minus join "
    "inner left right cross natural full outer straight_join using asc desc nulls returning window "
    "settings with option plan rows row only next first end then else escape partition over format"
)
SET_OPERATORS = words_of("union intersect except minus")

STATEMENTS: dict[str, frozenset[str]] = {
    "select": frozenset(),
    "insert": words_of("into ignore low_priority delayed overwrite"),
    "replace": words_of("into"),
    "update": frozenset(("<name>",)),
    "delete": words_of("from low_priority quick ignore"),
    "drop": words_of(
        "table database user view index function procedure trigger schema login role sequence "
        "column tablespace event type extension assembly alias"
    ),
    "create": words_of(
        "table database user view index function procedure trigger schema login role sequence or "
        "temporary temp unlogged global external unique alias type extension event assembly "
        "definer link public virtual"
    ),
    "alter": words_of(
        "table database user view login role system session function procedure index"
    ),
    "truncate": frozenset(("table", "<name>")),
    "exec": frozenset(("<name>", "(", "<string>", "<variable>", "immediate")),
    "execute": frozenset(("<name>", "(", "<string>", "<variable>", "immediate")),
    "declare": frozenset(("<variable>", "<name>")),
    "waitfor": words_of("delay time"),
    "shutdown": frozenset(("with", "<end>", "<tail>", ";")),
    "if": frozenset(("(", "exists")),
    "iif": frozenset(("(",)),
    "begin": words_of(
        "if declare exec dbms_lock.sleep dbms_session.sleep user_lock.sleep "
        "dbms_pipe.receive_message"
    ),
    "call": frozenset(("<name>",)),
    "copy": frozenset(("<name>", "(")),
    "load": words_of("data xml extension"),
    "grant": words_of(
        "all select insert update delete execute create dba connect usage file super"
    ),
    "revoke": words_of("all select insert update delete execute"),
    "merge": words_of("into"),
    "handler": frozenset(("<name>",)),
    "pragma": frozenset(("<name>",)),
    "attach": words_of("database"),
    "set": frozenset(("<variable>", "global", "session", "password")),
    "do": frozenset(("<string>", "<open>", "sleep", "benchmark")),
    "prepare": frozenset(("<name>",)),
    "rename": words_of("table user"),
    "backup": words_of("database log"),
    "restore": words_of("database"),
    "dbcc": frozenset(("<name>",)),
    "kill": frozenset(("<number>",)),
    "with": frozenset(("<name>", "recursive")),
    "values": frozenset(("(", "row")),
    "show": words_of("tables databases variables grants columns full schemas global processlist"),
    "bulk": words_of("insert"),
    "reconfigure": frozenset(("with", "<end>", "<tail>", ";")),
    "use": frozenset(("<name>",)),
    "desc": frozenset(("<name>",)),
    "describe": frozenset(("<name>",)),
    "explain": words_of("select insert update delete analyze"),
}
"""First word of a statement to what may stand behind it."""

UNSEPARATED = words_of("waitfor exec execute declare shutdown")
"""Transact-SQL takes these behind a complete statement without any semicolon."""

THIRD_DECIDES = words_of("update delete insert drop merge alter create if exec execute")
"""Statements whose second word does not tell them from a sentence or a program."""

LOOSE_STATEMENTS = words_of(
    "copy handler pragma prepare declare truncate dbcc desc describe explain"
)
SENTENCES = words_of("use call with set")
"""Their first two words are also those of a sentence; what follows has to help."""

FUNCTION_WORDS = words_of(
    "if left right replace char insert like glob mod user database schema values row truncate "
    "interval date time timestamp convert cast match format exists any all some array full "
    "position extract nullif coalesce ifnull isnull nvl lower upper in regexp"
)
"""Keywords that are functions when a bracket follows."""

DELAYS = words_of(
    "pg_sleep pg_sleep_for pg_sleep_until dbms_lock.sleep dbms_session.sleep "
    "dbms_pipe.receive_message user_lock.sleep randomblob sleepeachrow "
    "regexp_substring fuzzbits"
)
DELAY_WORDS = words_of("sleep benchmark get_lock")
"""Also names in other languages: only counted inside of a changed statement."""
ERRORS = words_of(
    "extractvalue updatexml gtid_subset gtid_subtract uuid_to_bin geometrycollection polygon "
    "multipoint multilinestring multipolygon linestring json_keys xmltype "
    "utl_inaddr.get_host_address utl_inaddr.get_host_name ctxsys.drithsx.sn "
    "dbms_utility.sqlid_to_sqlhash raise_error st_latfromgeohash st_pointfromgeohash name_const "
    "ordsys.ord_dicom.getmappingxpath query_to_xml dbms_xmlgen.getxml dbms_xdb_version.checkin "
    "procedure.analyse"
)
FILES = words_of(
    "load_file utl_http.request httpuritype utl_file.fopen dbms_ldap.init openrowset "
    "opendatasource openquery pg_read_file pg_ls_dir lo_import lo_export sys_eval sys_exec "
    "load_extension writefile readfile edit fopen utl_smtp utl_tcp dblink dblink_connect "
    "pg_read_binary_file xp_cmdshell xp_dirtree xp_fileexist"
)
TELLING = words_of(
    "extractvalue updatexml gtid_subset gtid_subtract xmltype get_host_address get_host_name "
    "getmappingxpath query_to_xml load_file xp_cmdshell xp_dirtree load_extension pg_read_file "
    "pg_ls_dir lo_import lo_export sys_eval sys_exec"
)
"""Functions of error and file access that no other language has: counted wherever they stand."""
SYSTEM = words_of(
    "information_schema. mysql. performance_schema. sys. pg_catalog. msysobjects msysaces "
    "sysobjects syscolumns sysusers sysdatabases master. master.. sysibm. syscat. sysmaster "
    "sqlite_master sqlite_schema sqlite_temp_master all_tables all_users all_tab_columns "
    "user_tables user_tab_columns dba_users dba_tables v$ pg_shadow pg_user pg_database "
    "pg_class pg_tables pg_authid pg_roles pg_settings rdb$ domain.domains db_root msdb. "
    "tempdb. innodb_table_stats innodb_index_stats"
)
"""Beginnings of the names in which servers describe themselves."""
SYSTEM_CALLS = words_of(
    "user database version current_user session_user system_user schema current_database "
    "current_schema db_name user_name suser_name is_srvrolemember has_dbaccess host_name "
    "serverproperty sqlite_version connection_id sys_context sys_context.userenv last_insert_id "
    "is_member inet_server_addr getpgusername object_id schema_name pg_backend_pid "
    "dbms_utility.port_string system.user"
)
BLIND = words_of(
    "ascii ord substr substring mid length len char_length character_length bit_length "
    "octet_length left right hex unicode lower upper strcmp instr locate position count ifnull "
    "nvl isnull coalesce nullif exists bin unhex concat concat_ws group_concat char chr cast "
    "convert if iif elt make_set greatest least string_agg listagg json_arrayagg xmlagg quote "
    "rand md5 sha1 floor sign abs lpad rpad reverse field find_in_set dump decode tonumber "
    "to_char rawtohex replicate datalength patindex charindex aes_encrypt compress crc32 version "
    "row_count conv export_set soundex space repeat like glob sqlite_compileoption_used iff "
    "sum min max avg typeof total json json_extract json_length regexp_like regexp_instr elt "
    "bitand ceil round mod power pow sqrt pi ln log exp trim ltrim rtrim replace insert database"
)
"""Functions that read a secret a letter at a time, or hide one."""

DECIDERS = words_of("if iif elt make_set iff nullif exp sleep abs not interval json_array concat")
"""Functions that blind probing gives a comparison of constants."""
DECIDING = BLIND | SYSTEM_CALLS | words_of("select not exists binary")
"""What a condition of a stacked IF begins with; in a program it begins with a name."""

KEYWORDS = (
    frozenset(w for w in BOOLEAN | COMPARE | ARITHMETIC | UNARY | CONSTANT | CLAUSE if w.isalpha())
    | frozenset(STATEMENTS)
    | words_of("outfile dumpfile analyse case by sleep benchmark")
)
"""Words whose writing with changed case or comments inside is a trick."""

RESERVED = frozenset(w for w in BOOLEAN | COMPARE if w.isalpha()) | words_of(
    "select union intersect except group order limit into procedure as join inner cross "
    "natural using from for asc desc then else case insert update delete drop create alter "
    "exec execute declare grant revoke values set by having like div"
)
"""Never the name of a column unless quoted."""
