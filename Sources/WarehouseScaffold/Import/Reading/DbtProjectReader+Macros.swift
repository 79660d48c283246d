import WarehouseBasics

extension DbtProjectReader {
    /// The project's macros, and those of packages that `dbt deps` has brought.
    mutating func readMacros() throws(WarehouseError) {
        for base in try paths("macro-paths", standard: ["macros"]) { try readMacros(below: base, of: nil) }
        for base in try paths("packages-install-path", "modules-path", standard: ["dbt_packages"]) {
            for path in try folder.files(below: base) where path.hasSuffix("/dbt_project.yml") {
                let parts = path.split(separator: "/").dropLast()
                guard parts.count == base.split(separator: "/").count + 1 else { continue }
                let yaml = try YAMLValue.read(folder.read(path), path: path)
                guard let name = yaml["name"].text else { continue }
                let own = yaml["macro-paths"].isNull ? ["macros"] : yaml["macro-paths"].texts
                for inner in own {
                    let below = parts.joined(separator: "/") + "/" + (try ProjectFolder.checked(inner))
                    try readMacros(below: below, of: name)
                }
            }
        }
    }

    /// `package` is nil for the project itself. What a package has beside macros goes unmentioned.
    mutating func readMacros(below base: String, of package: String?) throws(WarehouseError) {
        for path in try folder.files(below: base) where path.hasSuffix(".sql") {
            let nodes: [JinjaNode]
            let text = try folder.read(path)
            do { nodes = try JinjaTemplate.parse(text) } catch {
                if package == nil { project.note(path, error.line, error.text) }
                continue
            }
            for node in nodes {
                switch node {
                case .macro(var macro):
                    macro.path = path
                    macros[(package.map { $0 + "." } ?? "") + macro.name] = macro
                    if package == nil, macro.name == "generate_schema_name" { project.hasOwnSchemaNames = true }
                case .genericTest(var macro):
                    macro.path = path
                    genericTests[(package.map { $0 + "." } ?? "") + macro.name] = macro
                default: break
                }
            }
        }
    }
}
