"""The forms in which people write secrets down, and what only looks like one.

`{pw:12}` and the like stand for generated characters, `{enc}...{/enc}` for base64 of what it holds.
"""

import base64

import pytest

from packaging_readiness.secrets.model import POLICY_ONLY
from packaging_readiness.secrets.rulepack import expand_example
from packaging_readiness.secrets.scan import scan_bytes

SECRET = [
    ("a.py", 'PASSWORDS = ["{pw:12}", "{pw:14}"]\n'),
    ("a.py", 'PASSWORDS = {"svc": "{pw:12}"}\n'),
    ("main.tf", "password = <<-EOT\n  {pw:12}\n  EOT\n"),
    ("a.md", "The password is {pw:12}\n"),
    (".netrc", "machine api.internal login svc password {pw:12}\n"),
    (".netrc", "machine api.internal\nlogin svc\npassword {pw:12}\n"),
    (".pgpass", "db.internal:5432:fraud:app:{pw:12}\n"),
    (".pgpass", "*:*:*:app:{pw:12}\n"),
    (
        "jaas.conf",
        (
            "KafkaClient {\n org.apache.kafka.common.security.plain.PlainLoginModule required\n username"
            '="svc"\n password="{pw:12}";\n};\n'
        ),
    ),
    ("client.properties", "ssl.keystore.password={pw:12}\n"),
    (
        "client.properties",
        (
            "sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required \\\n  use"
            'rname="a" \\\n  password="{pw:12}";\n'
        ),
    ),
    ("deploy.yaml", "spec:\n  containers:\n  - name: a\n    env:\n    - name: DB_PASSWORD\n      value: {pw:12}\n"),
    ("deploy.yaml", 'env:\n- value: "{pw:12}"\n  name: DB_PASSWORD\n'),
    ("task.json", '{"containerDefinitions":[{"environment":[{"name":"DB_PASSWORD","value":"{pw:12}"}]}]}'),
    ("task.json", '{"environment":[{"value":"{alnum:32}","name":"KAFKA_API_SECRET"}]}'),
    ("secret.yaml", "apiVersion: v1\nkind: Secret\nstringData:\n  password: {pw:12}\n"),
    ("secret.yaml", "apiVersion: v1\nkind: Secret\ndata:\n  db-password: {enc}{pw:12}{/enc}\n"),
    (
        "settings.xml",
        "<settings><servers><server><username>u</username><password>{pw:12}</password></server></servers></settings>",
    ),
    (
        "web.config",
        '<configuration><appSettings><add key="SmtpPassword" value="{pw:12}"/></appSettings></configuration>',
    ),
    ("web.config", '<add name="Db" connectionString="Server=s;Database=d;User Id=u;Password={pw:12};" />'),
    (
        "core-site.xml",
        "<configuration><property><name>fs.s3a.secret.key</name><value>{alnum:32}</value></property></configuration>",
    ),
    ("strings.xml", '<resources><string name="api_key">{alnum:32}</string></resources>'),
    ("app.plist", "<plist><dict><key>Password</key><string>{pw:12}</string></dict></plist>"),
    ("beans.xml", '<bean><property name="password" value="{pw:12}"/></bean>'),
    ("x.yaml", "db:\n  password: >-\n    {pw:12}\n"),
    ("x.yaml", "db:\n  password: |\n    {pw:12}\n"),
    ("x.yaml", "defs:\n  a: &pw {pw:12}\ndb:\n  password: *pw\n"),
    ("x.yaml", "db:\n  password: &pw {pw:12}\n"),
    ("x.yaml", "db: {user: a, password: {pw:12}}\n"),
    ("x.yaml", 'users:\n- {name: a, pwd: "{pw:12}"}\n'),
    ("main.tf", 'variable "db_password" {\n  type    = string\n  default = "{pw:12}"\n}\n'),
    ("main.tf", 'resource "aws_db_instance" "x" {\n  master_password = "{pw:12}"\n}\n'),
    ("terraform.tfvars", 'db_password = "{pw:12}"\n'),
    ("main.tf", 'environment {\n  name  = "DB_PASSWORD"\n  value = "{pw:12}"\n}\n'),
    (
        "main.tf",
        'container_definitions = jsonencode([{ environment = [{ name = "DB_PASSWORD", value = "{pw:12}" }] }])',
    ),
    ("n.ipynb", '{"cells":[{"cell_type":"code","source":["import x\\n","password = \\"{pw:12}\\"\\n"]}]}'),
    (
        "n.ipynb",
        '{"cells":[{"cell_type":"code","source":["conn = connect(\\n","  user=\'a\', password=\'{pw:12}\')\\n"]}]}',
    ),
    ("n.ipynb", '{"cells":[{"outputs":[{"text":["token: dapi{hex:32}\\n"]}]}]}'),
    ("run.sh", "mysql -h db -u root -p{pw:12} fraud\n"),
    ("run.sh", "mysqldump --user=root --password={pw:12} fraud\n"),
    ("run.sh", "curl -u svc:{pw:12} https://api/x\n"),
    ("run.sh", 'curl --user "svc:{pw:12}" https://api/x\n'),
    ("run.sh", "sshpass -p {pw:12} ssh host\n"),
    ("run.sh", "redis-cli -h h -a {pw:12} ping\n"),
    ("run.sh", "docker login -u svc -p {pw:12} registry\n"),
    ("run.sh", "PGPASSWORD={pw:12} psql -h h\n"),
    ("run.sh", "PGPASSWORD='{pw:12}' psql -h h\n"),
    ("run.sh", "kubectl create secret generic x --from-literal=password={pw:12}\n"),
    ("run.sh", "helm upgrade x --set db.password={pw:12}\n"),
    ("run.sh", "java -Ddb.password={pw:12} -jar x\n"),
    ("run.sh", "java -Djavax.net.ssl.keyStorePassword={pw:12} -jar x\n"),
    ("run.sh", "spark-submit --conf spark.hadoop.fs.s3a.secret.key={alnum:32} x\n"),
    ("run.sh", "openssl rsa -in k -passin pass:{pw:12}\n"),
    ("run.sh", 'echo "root:{pw:12}" | chpasswd\n'),
    ("run.sh", "echo {pw:12} | docker login --username a --password-stdin\n"),
    ("run.sh", "ldapsearch -x -D cn=admin -w {pw:12} -b dc=x\n"),
    ("run.sh", "htpasswd -bc f user {pw:12}\n"),
    ("run.sh", 'curl -H "Authorization: Basic {enc}svc:{pw:12}{/enc}" https://x\n'),
    ("run.sh", 'curl -H "X-Api-Key: {alnum:32}" https://x\n'),
    ("run.sh", 'curl -H "PRIVATE-TOKEN: {alnum:32}" https://x\n'),
    ("run.sh", 'curl -H "Authorization: Bearer {alnum:32}" https://x\n'),
    ("run.sh", 'curl "https://x/y?api_key={alnum:32}&z=1"\n'),
    ("run.sh", 'export DB_PASSWORD="${DB_PASSWORD:-{pw:12}}"\n'),
    ("run.sh", "az login --service-principal -u u -p {pw:12} --tenant t\n"),
    ("run.sh", "sqlplus app/{pw:12}@//db:1521/x\n"),
    ("run.sh", "keytool -import -storepass {pw:12} -keypass {pw:12}\n"),
    ("run.sh", "gpg --batch --passphrase {pw:12} -d f\n"),
    ("run.sh", "aws configure set aws_secret_access_key {alnum:32}{alnum:8}\n"),
    ("run.ps1", '$Password = ConvertTo-SecureString "{pw:12}" -AsPlainText -Force\n'),
    ("run.ps1", '$env:DB_PASSWORD = "{pw:12}"\n'),
    ("run.bat", "set DB_PASSWORD={pw:12}\n"),
    ("Makefile", "DB_PASSWORD := {pw:12}\n"),
    ("Makefile", "export DB_PASSWORD ?= {pw:12}\n"),
    ("docker-compose.yml", "services:\n  db:\n    environment:\n      - POSTGRES_PASSWORD={pw:12}\n"),
    ("docker-compose.yml", "services:\n  db:\n    environment:\n      POSTGRES_PASSWORD: {pw:12}\n"),
    ("docker-compose.yml", "services:\n  r:\n    command: redis-server --requirepass {pw:12}\n"),
    ("docker-compose.yml", 'services:\n  r:\n    command: ["redis-server", "--requirepass", "{pw:12}"]\n'),
    ("redis.conf", "requirepass {pw:12}\n"),
    ("Dockerfile", "FROM x\nENV DB_PASSWORD={pw:12} A=b\n"),
    ("Dockerfile", "FROM x\nENV A=b \\\n    DB_PASSWORD={pw:12}\n"),
    ("Dockerfile", "FROM x\nENV API_TOKEN {alnum:32}\n"),
    ("Dockerfile", 'FROM x\nLABEL db.password="{pw:12}"\n'),
    ("Dockerfile", "FROM x\nRUN pip install --index-url https://svc:{pw:12}@packages.invalid/simple x\n"),
    ("Dockerfile", "FROM x\nRUN <<EOF\nexport TOKEN={alnum:32}\nEOF\n"),
    ("Dockerfile", 'FROM x\nRUN echo "//npm.example.com/:_authToken={alnum:32}" > .npmrc\n'),
    ("wf.yml", "jobs:\n  a:\n    env:\n      AWS_SECRET_ACCESS_KEY: {alnum:32}{alnum:8}\n"),
    ("wf.yml", "steps:\n- uses: x\n  with:\n    password: {pw:12}\n"),
    ("wf.yml", "steps:\n- run: |\n    docker login -u a -p {pw:12}\n"),
    ("a.py", 'conn = connect(user="a", password="{pw:12}")\n'),
    ("a.py", 'd = {"password": "{pw:12}"}\n'),
    ("a.py", 'os.environ["DB_PASSWORD"] = "{pw:12}"\n'),
    ("a.py", 'os.environ.setdefault("DB_PASSWORD", "{pw:12}")\n'),
    ("a.py", 'x = os.getenv("API_TOKEN", "{alnum:32}")\n'),
    ("a.py", 'r = requests.get(u, auth=("svc", "{pw:12}"))\n'),
    ("a.py", 'password: str = "{pw:12}"\n'),
    ("a.py", 'secret: Optional[str] = "{alnum:32}"\n'),
    ("a.py", 'PASSWORD = (\n    "{pw:12}"\n)\n'),
    ("a.py", 'engine = f"postgresql://svc:{pw:12}@{host}/db"\n'),
    ("a.py", 'dsn = "host=db user=svc password={pw:12} dbname=x"\n'),
    ("a.py", 'headers = {"Authorization": "Bearer {alnum:32}"}\n'),
    ("a.py", 'df.write.option("password", "{pw:12}")\n'),
    ("a.py", 'server.login("svc@x.io", "{pw:12}")\n'),
    ("A.java", 'private static final String PASSWORD = "{pw:12}";\n'),
    ("A.java", 'props.put("sasl.password", "{pw:12}");\n'),
    ("A.java", 'DriverManager.getConnection("jdbc:mysql://h/d?user=u&password={pw:12}");\n'),
    ("a.go", 'dbPassword := "{pw:12}"\n'),
    ("a.go", 'cfg := Config{Password: "{pw:12}"}\n'),
    ("a.ts", "const apiKey: string = '{alnum:32}';\n"),
    ("a.js", "const pw = process.env.DB_PASSWORD || '{pw:12}';\n"),
    ("a.php", "define('DB_PASSWORD', '{pw:12}');\n"),
    ("a.php", "'password' => '{pw:12}',\n"),
    ("a.rb", "  password: '{pw:12}'\n"),
    ("a.cs", 'var cs = "Server=tcp:x;Initial Catalog=d;User ID=u;Password={pw:12};Encrypt=True";\n'),
    ("init.sql", "CREATE USER app WITH PASSWORD '{pw:12}';\n"),
    ("init.sql", "CREATE USER 'app'@'%' IDENTIFIED BY '{pw:12}';\n"),
    ("init.sql", "ALTER ROLE app LOGIN PASSWORD '{pw:12}';\n"),
    ("application.yml", "spring:\n  datasource:\n    password: ${DB_PASSWORD:{pw:12}}\n"),
    ("appsettings.json", '{"ConnectionStrings":{"Db":"Server=s;User Id=u;Password={pw:12};"}}'),
    (
        "local.json",
        (
            '{"AzureWebJobsStorage":"DefaultEndpointsProtocol=https;AccountName=a;AccountKey={alnum:32}{'
            'alnum:32}{alnum:22}==;EndpointSuffix=core.windows.net"}'
        ),
    ),
    ("sb.env", "SB=Endpoint=sb://x/;SharedAccessKeyName=Root;SharedAccessKey={alnum:32}abcd=\n"),
    (".git-credentials", "https://svc:{pw:12}@github.com\n"),
    (".gitconfig", '[url "https://{alnum:32}@github.com/"]\n  insteadOf = x\n'),
    (".my.cnf", "[client]\nuser=a\npassword={pw:12}\n"),
    (".my.cnf", '[client]\npassword="{pw:12}"\n'),
    ("pip.conf", "[global]\nindex-url = https://u:{pw:12}@h/simple\n"),
    ("config.toml", '[db]\npassword = "{pw:12}"\n'),
    ("config.toml", '[db]\npassword = """\n{pw:12}"""\n'),
    ("x.toml", '[[env]]\nname = "DB_PASSWORD"\nvalue = "{pw:12}"\n'),
    ("k.yaml", "users:\n- name: x\n  user:\n    token: {alnum:32}\n"),
    ("k.json", '{"kty":"RSA","n":"abc","e":"AQAB","d":"{alnum:32}{alnum:32}"}'),
    ("wg0.conf", "[Interface]\nPrivateKey = {alnum:32}yAbC12345678=\n"),
    ("htpasswd", "app:$apr1${alnum:8}${alnum:22}\n"),
    ("shadow", "root:$6${alnum:8}${alnum:86}:19000:0:::::\n"),
    ("ansible.yml", "all:\n  vars:\n    ansible_ssh_pass: {pw:12}\n"),
    ("hosts", "web1 ansible_user=a ansible_ssh_pass={pw:12}\n"),
    ("ud.yaml", "#cloud-config\nchpasswd:\n  list: |\n    root:{pw:12}\n"),
    ("sum.md", "Login with user `svc` and password `{pw:12}`.\n"),
    ("notes.txt", "password: {pw:12}\n"),
    ("notes.md", "- DB password = {pw:12}\n"),
    ("cfg.json", '{"password": {"value": "{pw:12}"}}'),
    ("cfg.json", '{"parameters":[{"ParameterKey":"DbPassword","ParameterValue":"{pw:12}"}]}'),
    ("arm.json", '{"adminPassword": {"value": "{pw:12}"}}'),
    ("cf.yaml", "Parameters:\n  DbPassword:\n    Type: String\n    Default: {pw:12}\n"),
    ("cf.yaml", "MasterUserPassword: {pw:12}\n"),
    ("cfg.json5", "{\n // comment\n password: '{pw:12}',\n}\n"),
    ("x.gradle", "signing.password={pw:12}\n"),
    ("x.gradle", 'storePassword "{pw:12}"\n'),
    ("tns.ora", "(USER=app)(PASSWORD={pw:12})\n"),
    ("x.hcl", 'token = "hvs.{alnum:32}"\n'),
    ("vault.sh", "vault login hvs.{alnum:32}\n"),
    ("log.txt", "INFO connecting with password={pw:12} to db\n"),
    ("url.txt", "amqp://svc:{pw:12}@rabbit:5672/vh\n"),
    ("url.txt", "ftp://svc:{pw:12}@h/x\n"),
    ("url.txt", "snowflake://svc:{pw:12}@acc/db\n"),
    ("b64.txt", "blob: {enc}DB_PASSWORD={pw:12}\nX=1{/enc}\n"),
    ("dj.py", "DATABASES = {'default': {'USER': 'x', 'PASSWORD': '{pw:12}'}}\n"),
    ("dj.py", "SECRET_KEY = 'django-insecure-{alnum:32}!#x'\n"),
    ("x.yaml", "redis_url: redis://:{pw:12}@r:6379/0\n"),
    ("databricks.cfg", "[p]\nclient_secret = dose{hex:32}\n"),
    ("x.env", "DB_PASSWORD='with space 9!'\n"),
    ("x.env", "ROOT_PASSWORD=letmein\n"),
    ("x.env", "export DB_PASSWORD={pw:12} # pragma: allowlist secret\n"),
    ("x.py", "password = '{pw:12}'  # nosec gitleaks:allow kingfisher:ignore\n"),
]
CLEAN = [
    ("a.py", 'PASSWORDS = ["password", "passphrase"]\n'),
    ("a.py", 'PASSWORD_FIELDS = {"svc": "db_password"}\n'),
    ("main.tf", "password = <<-EOT\n  ${var.password}\n  EOT\n"),
    ("a.md", "The password is required. A password is case-sensitive.\n"),
    ("w.yml", "env:\n  TOKEN: ${{ secrets.TOKEN }}\n"),
    ("w.yml", "permissions:\n  id-token: write\n  contents: read\n"),
    ("k.yaml", "env:\n- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef:\n      name: db\n      key: password\n"),
    (
        "t.json",
        '{"secrets":[{"name":"DB_PASSWORD","valueFrom":"arn:aws:secretsmanager:eu-west-2:123456789012:secret:x"}]}',
    ),
    ("a.py", 'password = getpass.getpass("Password: ")\n'),
    ("a.py", 'parser.add_argument("--password", help="the password of the database")\n'),
    ("a.py", 'token = self._tokens[0]\nif token == "NAME":\n    pass\n'),
    ("a.py", "connect(password=settings.db_password)\n"),
    ("a.py", 'password = os.environ["DB_PASSWORD1"]\n'),
    ("a.ts", "password: string;\napiKey?: string = undefined;\n"),
    ("x.md", "Set `password` to your password. The token: a JWT.\n"),
    ("x.md", "| password | string | The password |\n"),
    ("x.tf", "password = random_password.db.result\n"),
    ("x.tf", "password = aws_secretsmanager_secret_version.db1.secret_string\n"),
    ("x.sh", "PASSWORD=$(cat /run/secrets/db)\nread -s PASSWORD\n"),
    ("x.sh", 'docker login -u "$USER" --password-stdin < file\n'),
    ("x.sh", 'mysql -h db -u root -p"$PW" fraud\nmysql -P 3306 -h db\n'),
    (
        "x.env",
        "SECRETS_BACKEND=ssm\nTOKEN_TTL=3600\nPASSWORD_MIN_LENGTH=12\nDB_PASSWORD_FILE=/run/secrets/db_password\n",
    ),
    ("r.md", '* `SSM_AURORA_PASSWORD_PATH = "/fraud-platform/dev_full/aurora/password"`\n'),
    ("r.md", '* `SSM_X_API_KEY_PATH = "TO_PIN"`\n'),
    ("openapi.yaml", 'password:\n  type: string\n  format: password\n  example: "********"\n'),
    ("x.json", '{"auth": "required", "token_type": "bearer", "password": null}'),
    ("x.properties", "ssl.truststore.location=/etc/x.jks\nsasl.mechanism=PLAIN\n"),
    ("x.yaml", "token: !Ref DbToken\nsecretName: my-secret\nimagePullSecrets:\n- name: regcred\n"),
    ("x.py", '"""password: the login\'s password, token: str"""\n'),
    ("Dockerfile", "FROM x\nARG TOKEN\nRUN --mount=type=secret,id=token cat /run/secrets/token\n"),
    ("x.html", '<input type="password" name="password" placeholder="Password">'),
    ("x.py", 'raise ValueError("invalid password: must be 8 chars")\n'),
]


def _fill(text: str) -> bytes:
    text = expand_example(text)
    head, mark, rest = text.partition("{enc}")
    if mark:
        inner, _, tail = rest.partition("{/enc}")
        text = head + base64.b64encode(inner.encode()).decode() + tail
    return text.encode()


def _ids(rows: list[tuple[str, str]]) -> list[str]:
    return [f"{number:03}-{path}" for number, (path, _) in enumerate(rows)]


@pytest.mark.parametrize(("path", "text"), SECRET, ids=_ids(SECRET))
def test_a_secret_in_this_form_is_found(path: str, text: str) -> None:
    assert scan_bytes(_fill(text), path, layers=POLICY_ONLY)


@pytest.mark.parametrize(("path", "text"), CLEAN, ids=_ids(CLEAN))
def test_what_only_looks_like_a_secret_is_left_alone(path: str, text: str) -> None:
    assert scan_bytes(_fill(text), path, layers=POLICY_ONLY) == []
