# shellcheck shell=bash disable=SC2034 # variables are read by base-image.sh
STANDS_FOR="nginxinc/nginx-unprivileged:VERSION: Debian's nginx (trixie, 1.26), uid 101, port 8080"
SUITE=trixie
EXTRA=(nginx-light)
ACCOUNTS=(nginx:101:101)
CONFIG=('USER 101' 'EXPOSE 8080' 'STOPSIGNAL SIGQUIT' 'CMD ["nginx", "-g", "daemon off;"]')

fill() {
  rm -rf "$1/etc/nginx/nginx.conf" "$1"/etc/nginx/{sites-enabled,sites-available,conf.d}
  mkdir -p "$1/etc/nginx/conf.d" "$1/usr/share/nginx/html"
  cat >"$1/etc/nginx/nginx.conf" <<'EOC'
pid /tmp/nginx.pid;
error_log /dev/stderr notice;
events {}
http {
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  access_log /dev/stdout;
  client_body_temp_path /tmp/client_temp;
  proxy_temp_path /tmp/proxy_temp;
  fastcgi_temp_path /tmp/fastcgi_temp;
  uwsgi_temp_path /tmp/uwsgi_temp;
  scgi_temp_path /tmp/scgi_temp;
  include /etc/nginx/conf.d/*.conf;
}
EOC
  cat >"$1/etc/nginx/conf.d/default.conf" <<'EOC'
server {
  listen 8080;
  root /usr/share/nginx/html;
}
EOC
}
