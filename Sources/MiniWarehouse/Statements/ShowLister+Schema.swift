import WarehouseBasics
import WarehouseSQL

/// Stages, file formats, sequences, columns.
extension ShowLister {
    func stages() throws -> ResultSet {
        var rows = RowBuilder("created_on@ name database_name schema_name url has_credentials has_encryption_key owner "
            + "comment region type cloud notification_channel storage_integration endpoint owner_role_type "
            + "directory_enabled")
        let clouds = ["s3": "AWS", "gcs": "GCP", "azure": "AZURE"]
        for stage in try schemaObjects([.stage]) {
            let place = catalog.fullName(stage), url = stage.text("URL") ?? ""
            rows.add([
                .moment(stage.createdAt), .text(stage.name), .text(place.database), .text(place.schema), .text(url),
                .yesNo(stage.attributes["HAS_CREDENTIALS"]?.flag == true), .text("N"), .text(catalog.ownerName(stage)),
                .text(stage.comment), .null, .text(url.isEmpty ? "INTERNAL" : "EXTERNAL"),
                .text(clouds.first { url.hasPrefix($0.key) }?.value), .null, .text(stage.text("INTEGRATION")),
                .text(stage.text("ENDPOINT")), .text(RoleKey.type(stage.owner)),
                .yesNo(stage.attributes["DIRECTORY"]?.flag == true),
            ])
        }
        return rows.result
    }

    func fileFormats() throws -> ResultSet {
        var rows = RowBuilder("created_on@ name database_name schema_name type owner comment format_options "
            + "owner_role_type")
        for format in try schemaObjects([.fileFormat]) {
            let place = catalog.fullName(format)
            rows.add([.moment(format.createdAt), .text(format.name), .text(place.database), .text(place.schema),
                      .text(format.text("\(FileFormatOptions.prefix)TYPE") ?? "CSV"), .text(catalog.ownerName(format)),
                      .text(format.comment), .text(FileFormatOptions.json(format.attributes)),
                      .text(RoleKey.type(format.owner))])
        }
        return rows.result
    }

    func tags() throws -> ResultSet {
        var rows = RowBuilder("created_on@ name database_name schema_name owner comment allowed_values owner_role_type")
        for tag in try schemaObjects([.tag]) {
            let place = catalog.fullName(tag)
            let values = tag.attributes["ALLOWED_VALUES"]?.list.map { values in
                "[" + values.map { "\"\($0)\"" }.joined(separator: ",") + "]"
            }
            rows.add([.moment(tag.createdAt), .text(tag.name), .text(place.database), .text(place.schema),
                      .text(catalog.ownerName(tag)), .text(tag.comment), .text(values), .text(RoleKey.type(tag.owner))])
        }
        return rows.result
    }

    func sequences() throws -> ResultSet { ShowLister.sequences(try schemaObjects([.sequence]), catalog) }

    static func sequences(_ sequences: [CatalogEntry], _ catalog: CatalogState) -> ResultSet {
        var rows = RowBuilder("name database_name schema_name next_value# interval# created_on@ owner comment "
            + "owner_role_type ordered")
        for sequence in sequences {
            let place = catalog.fullName(sequence)
            rows.add([.text(sequence.name), .text(place.database), .text(place.schema),
                      .count(sequence.attributes["NEXT"]?.integer), .count(sequence.attributes["STEP"]?.integer),
                      .moment(sequence.createdAt), .text(catalog.ownerName(sequence)), .text(sequence.comment),
                      .text(RoleKey.type(sequence.owner)), .text("Y")])
        }
        return rows.result
    }

    func columns() throws -> ResultSet {
        var rows = RowBuilder(texts: ["table_name", "schema_name", "column_name", "data_type", "null?", "default",
                                      "kind", "expression", "comment", "database_name", "autoincrement",
                                      "schema_evolution_record"])
        let tables: [CatalogEntry]
        switch statement.scope {
        case .kind(.table, let reference?)?, .kind(.view, let reference?)?, .any(let reference)?:
            tables = [try ObjectFinder.require(.table, reference, run)]
        default:
            tables = try scopeSchemas().flatMap(children)
                .filter { $0.kind == .table || $0.kind == .view }
        }
        let pattern = try pattern()
        for table in tables {
            let place = catalog.fullName(table)
            for column in table.columns where pattern?.matches(column.name) ?? true {
                rows.add([.text(table.name), .text(place.schema), .text(column.name), .text(TypeJSON.text(column)),
                          .text(column.isNullable ? "true" : "NOT_NULL"), .text(column.defaultText ?? ""),
                          .text("COLUMN"), .text(""), .text(column.comment), .text(place.database),
                          .text(column.identityText ?? ""), .null])
            }
        }
        return rows.result
    }
}

extension TableColumn {
    /// `IDENTITY START 1 INCREMENT 1 NOORDER`.
    var identityText: String? {
        identity.map { "IDENTITY START \($0.start) INCREMENT \($0.step) NOORDER" }
    }
}

/// A column's type as SHOW COLUMNS prints it.
enum TypeJSON {
    static func text(_ column: TableColumn) -> String {
        let nullable = column.isNullable ? "true" : "false"
        switch column.type {
        case .number(let precision, let scale):
            return #"{"type":"FIXED","precision":\#(precision),"scale":\#(scale),"nullable":\#(nullable)}"#
        case .float: return #"{"type":"REAL","nullable":\#(nullable)}"#
        case .varchar(let length):
            let bytes = min(length * 4, LogicalType.maximumTextLength)
            return #"{"type":"TEXT","length":\#(length),"byteLength":\#(bytes),"nullable":\#(nullable),"fixed":false}"#
        case .binary(let length):
            return #"{"type":"BINARY","length":\#(length),"byteLength":\#(length),"nullable":\#(nullable),"#
                + #""fixed":true}"#
        case .time(let scale), .timestampNTZ(let scale), .timestampLTZ(let scale), .timestampTZ(let scale):
            let name = column.type.description.prefix { $0 != "(" }
            return #"{"type":"\#(name)","precision":0,"scale":\#(scale),"nullable":\#(nullable)}"#
        default:
            return #"{"type":"\#(column.type)","nullable":\#(nullable)}"#
        }
    }
}
