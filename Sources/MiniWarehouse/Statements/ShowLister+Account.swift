import WarehouseBasics
import WarehouseSQL

/// Roles, users, warehouses, integrations, parameters, variables. No secret is in any of them.
extension ShowLister {
    func roles() throws -> ResultSet {
        var rows = RowBuilder("created_on@ name is_default is_current is_inherited assigned_to_users# "
            + "granted_to_roles# granted_roles# owner comment")
        let graph = catalog.privileges.roles
        let inherited = try run.access().primary
        let standard = catalog.find(.user, run.state.user, in: nil)?.text("DEFAULT_ROLE")
        for role in try filtered(visible(catalog.all(.role))) {
            let receivers = graph.receivers(of: role.name)
            rows.add([.moment(role.createdAt), .text(role.name), .yesNo(role.name == standard),
                      .yesNo(role.name == run.state.role), .yesNo(inherited.contains(role.name)),
                      .count(receivers.users.count), .count(receivers.roles.count),
                      .count(graph.granted(toRole: role.name).count { !RoleKey.isDatabaseRole($0) }),
                      .text(catalog.ownerName(role)), .text(role.comment)])
        }
        return rows.result
    }

    /// Whoever may do something with the database may know its roles.
    func databaseRoles() throws -> ResultSet {
        var rows = RowBuilder("created_on@ name is_default is_current is_inherited granted_to_roles# "
            + "granted_to_database_roles# granted_database_roles# owner comment owner_role_type")
        let graph = catalog.privileges.roles, resolver = try run.resolver()
        let database: CatalogEntry = switch statement.scope {
        case .database(let reference?)?, .any(let reference)?: try ObjectFinder.require(.database, reference, run)
        case nil, .database(nil)?: try resolver.currentDatabase()
        default: throw StatementDispatcher.unsupported("SHOW DATABASE ROLES IN anything but a database")
        }
        for role in try filtered(resolver.children(of: database, kind: .databaseRole)) {
            let key = RoleKey.of(role), receivers = graph.receivers(of: key).roles
            let inDatabase = receivers.count(where: RoleKey.isDatabaseRole)
            rows.add([.moment(role.createdAt), .text(role.name), .text("N"), .text("N"),
                      .yesNo(resolver.access.primary.contains(key)), .count(receivers.count - inDatabase),
                      .count(inDatabase), .count(graph.granted(toRole: key).count), .text(catalog.ownerName(role)),
                      .text(role.comment), .text(RoleKey.type(role.owner))])
        }
        return rows.result
    }

    func users() throws -> ResultSet {
        var rows = RowBuilder("name created_on@ login_name display_name first_name last_name email mins_to_unlock "
            + "days_to_expiry comment disabled must_change_password snowflake_lock default_warehouse default_namespace "
            + "default_role default_secondary_roles ext_authn_duo ext_authn_uid mins_to_bypass_mfa owner "
            + "last_success_login@ expires_at_time@ locked_until_time@ has_password has_rsa_public_key type has_mfa")
        let none = ScalarValue.text(""), no = ScalarValue.text("false")
        for user in try filtered(visible(catalog.all(.user))) {
            func value(_ key: String, _ standard: String = "") -> ScalarValue { .text(user.text(key) ?? standard) }
            rows.add([
                .text(user.name), .moment(user.createdAt), value("LOGIN_NAME", user.name),
                value("DISPLAY_NAME", user.name),
                value("FIRST_NAME"), value("LAST_NAME"), value("EMAIL"), none, none, .text(user.comment),
                .trueFalse(user.attributes["DISABLED"]?.flag),
                .trueFalse(user.attributes["MUST_CHANGE_PASSWORD"]?.flag),
                no, value("DEFAULT_WAREHOUSE"), value("DEFAULT_NAMESPACE"), value("DEFAULT_ROLE"), secondaryRoles(user),
                no, none, none, .text(catalog.ownerName(user)), .null, .null, .null,
                .trueFalse(user.attributes["PASSWORD_HASH"] != nil), no, value("TYPE"), no,
            ])
        }
        return rows.result
    }

    private func secondaryRoles(_ user: CatalogEntry) -> ScalarValue {
        .text(UserDefinition.secondaryRoles(of: user) == .all ? #"["ALL"]"# : "[]")
    }

    /// Columns in the order of Snowflake's reference; actives to uuid are of its own use there and empty here.
    func warehouses() throws -> ResultSet {
        var rows = RowBuilder("name state type size min_cluster_count# max_cluster_count# started_clusters# running# "
            + "queued# is_default is_current auto_suspend# auto_resume available provisioning quiescing other "
            + "created_on@ resumed_on@ updated_on@ owner comment enable_query_acceleration "
            + "query_acceleration_max_scale_factor# resource_monitor actives# pendings# failed# suspended# uuid "
            + "scaling_policy budget owner_role_type resource_constraint")
        let none = ScalarValue.text(""), zero = ScalarValue.count(0)
        let standard = catalog.find(.user, run.state.user, in: nil)?.text("DEFAULT_WAREHOUSE")
        for entry in try filtered(visible(catalog.all(.warehouse))) {
            func number(_ key: String, _ standard: Int64) -> ScalarValue {
                .count(entry.attributes[key]?.integer ?? standard)
            }
            rows.add([
                .text(entry.name), .text(entry.isSuspended ? "SUSPENDED" : "STARTED"), .text(entry.text("TYPE") ?? "STANDARD"),
                .text(WarehouseDefinition.title(ofSize: entry.text("SIZE"))), number("MIN_CLUSTER_COUNT", 1),
                number("MAX_CLUSTER_COUNT", 1), .count(entry.isSuspended ? 0 : 1), zero, zero, .yesNo(entry.name == standard),
                .yesNo(entry.name == run.state.computeWarehouse), number("AUTO_SUSPEND", 600),
                .trueFalse(entry.attributes["AUTO_RESUME"]?.flag ?? true), none, none, none, none,
                .moment(entry.createdAt), .moment(entry.createdAt), .moment(entry.alteredAt), .text(catalog.ownerName(entry)),
                .text(entry.comment), .text("false"), .count(8), .text("null"), zero, zero, zero, zero, none,
                .text(entry.text("SCALING_POLICY") ?? "STANDARD"), .null, .text(RoleKey.type(entry.owner)), .null,
            ])
        }
        return rows.result
    }

    func integrations() throws -> ResultSet {
        var rows = RowBuilder("name type category enabled comment created_on@")
        for entry in try filtered(visible(catalog.all(.integration))) {
            rows.add([.text(entry.name), .text(entry.text("TYPE") ?? "EXTERNAL_STAGE"), .text("STORAGE"),
                      .trueFalse(entry.attributes["ENABLED"]?.flag), .text(entry.comment), .moment(entry.createdAt)])
        }
        return rows.result
    }

    func variables() throws -> ResultSet {
        let pattern = try pattern()
        var rows = RowBuilder("session_id created_on@ updated_on@ name value type comment")
        for (name, value) in run.state.variables.sorted(by: { $0.key < $1.key })
        where pattern?.matches(name) ?? true {
            let text: String? = switch value.value {
            case .null: nil
            case .boolean(let flag): flag ? "true" : "false"
            case .integer(let number): DecimalText.string(number, scale: value.type.scale ?? 0)
            case .double(let number): FloatText.string(number)
            case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
            }
            let type = switch value.type {
            case .number: "fixed"
            case .float: "real"
            case .varchar: "text"
            default: String(value.type.description.lowercased().prefix { $0 != "(" })
            }
            let times = run.state.variableTimes[name] ?? (0, 0)
            let shown = text.map { SecretMask.hides(variable: name, value: $0) ? "***" : $0 }
            rows.add([.text(run.session.id), .moment(times.created), .moment(times.updated), .text(name), .text(shown),
                      .text(type), .text("")])
        }
        return rows.result
    }
}
